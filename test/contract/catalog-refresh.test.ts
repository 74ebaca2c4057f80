import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDynamoCatalogStore } from '../../lambdas/adapters/dynamo/dynamo-catalog-store.ts';
import { createDynamoDueServers } from '../../lambdas/adapters/dynamo/dynamo-due-servers.ts';
import { createDynamoServerStore } from '../../lambdas/adapters/dynamo/dynamo-server-store.ts';
import type { RefreshQueue, ServerName } from '../../lambdas/hub/catalog/due-servers.ts';
import { createRefreshServer } from '../../lambdas/hub/catalog/refresh-server.ts';
import { createStartRefresh } from '../../lambdas/hub/catalog/start-refresh.ts';
import { createStoreDiscovery } from '../../lambdas/hub/catalog/store-discovery.ts';
import { createSyncServer } from '../../lambdas/hub/catalog/sync-server.ts';
import { HubError } from '../../lambdas/hub/hub-error.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import type { SecretBox } from '../../lambdas/hub/servers/secret-box.ts';
import { HOUR_MS, refreshAt } from '../../lambdas/hub/servers/refresh-time.ts';
import type { Server } from '../../lambdas/hub/servers/server.ts';
import type { Discovery } from '../../lambdas/hub/upstreams/upstream.ts';
import { startDynamoDb } from '../../local/endpoints/dynamodb.ts';
import { createDueTable } from '../support/due-table.ts';
import { sampleServer } from '../support/sample-server.ts';

const DAY_MS = 24 * HOUR_MS;
const FOREVER = { at: Infinity, signal: new AbortController().signal };
const refreshMs = DAY_MS;

const offering = (description: string): Discovery => ({
  negotiated: { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' },
  features: { completions: false, logging: false },
  serverInfo: undefined,
  instructions: undefined,
  tools: [{ name: 'tool', description, inputSchema: { type: 'object' } }],
  resources: [],
  resourceTemplates: [],
  prompts: [],
});

/** No server here has a secret. */
const noBox: SecretBox = {
  seal: () => Promise.reject(new Error('nothing is sealed')),
  open: () => Promise.reject(new Error('nothing is opened')),
};

describe('the refresh of catalogs, on DynamoDB', () => {
  let directory: string;
  let database: Awaited<ReturnType<typeof startDynamoDb>>;
  let client: DynamoDBClient;
  let time = 1_800_000_000_000;
  let run = 0;
  /** What servers answer now, by slug; one that is not here answers nothing. */
  let answers: Record<string, () => Discovery | Promise<Discovery>>;
  let messages: ServerName[];
  let asked: string[];
  let isQueueDown: boolean;
  let tables: { registry: string; catalog: string; refreshMs: number };

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nexus-refresh-'));
    database = await startDynamoDb(join(directory, 'dynamodb.sqlite'), 'us-east-1');
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    client = new DynamoDBClient({ endpoint: database.dynamodb.endpoint, region: 'us-east-1', credentials });
  });
  after(async () => {
    client.destroy();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    run += 1;
    [answers, messages, asked, isQueueDown] = [{}, [], [], false];
    tables = { registry: `registry-${run}`, catalog: `catalog-${run}`, refreshMs };
    await createDueTable(client, tables.registry, {
      ProjectionType: 'INCLUDE',
      NonKeyAttributes: ['tenantId', 'slug', 'serverId'],
    });
    await createDueTable(client, tables.catalog);
  });

  const now = () => time;
  const servers = () => createDynamoServerStore(client, { tableName: tables.registry, refreshMs });
  const catalog = () => createDynamoCatalogStore(client, tables, now);
  const queue: RefreshQueue = {
    async send(server) {
      if (isQueueDown) throw new HubError('unavailable', 'down');
      messages.push(server);
    },
  };
  const start = (at = Infinity) =>
    createStartRefresh({ servers: createDynamoDueServers(client, tables.registry), queue, intervalMs: refreshMs, now })(
      {
        at,
      },
    );

  const syncServer = () =>
    createSyncServer({
      servers: servers(),
      box: noBox,
      upstream: {
        async discover({ slug }) {
          asked.push(slug);
          const answer = answers[slug];
          if (answer === undefined) throw new HubError('upstream_unreachable', 'nobody there');
          return answer();
        },
      },
      storeDiscovery: createStoreDiscovery({ catalog: catalog(), now }),
      now,
    });
  const refresh = (message: ServerName) =>
    createRefreshServer({ servers: servers(), syncServer: syncServer(), intervalMs: refreshMs, now })(message, {
      ...FOREVER,
      at: time + 60_000,
    });
  /** One run of the schedule, and what the refreshers make of its messages. */
  async function tick() {
    await start();
    return Promise.all(messages.splice(0).map(refresh));
  }

  /** Registered and synchronized now. */
  async function register(slug: string, more: Partial<Server> = {}): Promise<Server> {
    const server = sampleServer(slug, { serverId: `id-of-${slug}-${run}0`, createdAt: time, ...more });
    answers[slug] = () => offering('first');
    await createStoreDiscovery({ catalog: catalog(), now })({ kind: 'create', server }, offering('first'));
    return server;
  }
  const stored = async ({ tenantId, slug }: Server): Promise<Server> => {
    const found = await servers().get(tenantId, slug);
    assert.ok(found);
    return found;
  };

  it('asks servers of all tenants when they are due, and nobody before', async () => {
    const globex = tenantIdSchema.parse('globex');
    await register('one');
    await register('two', { tenantId: globex });

    const early = await tick();
    time += DAY_MS;
    const due = await tick();
    const again = await tick();

    assert.deepEqual([early, due, again], [[], ['refreshed', 'refreshed'], []]);
    assert.deepEqual(asked.toSorted(), ['one', 'two']);
  });

  it('keeps the catalog of a server that lives for longer than a catalog does', async () => {
    const server = await register('one');

    for (const end = time + 40 * DAY_MS; time < end; time += 4 * HOUR_MS) {
      await tick();
      assert.equal((await catalog().read(server.tenantId)).length, 1);
    }

    assert.ok(asked.length >= 40 && asked.length <= 50, String(asked.length));
  });

  it('puts a changed definition into quarantine, as every sync does', async () => {
    const server = await register('one');
    answers['one'] = () => offering('second');
    time += DAY_MS;

    await tick();

    const [found] = await catalog().read(server.tenantId);
    assert.equal(found?.tools[0]?.state, 'quarantined');
  });

  it('tries a server that fails later and later, notes it, and keeps what it had', async () => {
    const server = await register('one');
    delete answers['one'];
    time += DAY_MS;

    const waits: number[] = [];
    for (let failures = 1; failures <= 3; failures += 1) {
      assert.deepEqual(await tick(), ['failed']);
      const failed = await stored(server);
      assert.deepEqual(failed.lastSync, { state: 'failed', at: time, code: 'upstream_unreachable', failures });
      const due = refreshAt(failed, refreshMs) ?? NaN;
      waits.push(due - time);
      time = due;
    }
    answers['one'] = () => offering('first');
    assert.deepEqual(await tick(), ['refreshed']);

    assert.deepEqual(
      waits,
      waits.toSorted((a, b) => a - b),
    );
    assert.equal((await catalog().read(server.tenantId)).length, 1);
    assert.equal((await stored(server)).lastSync.state, 'ok');
  });

  it('asks once, however often its message comes', async () => {
    await register('one');
    time += DAY_MS;
    await start();
    const [message] = messages;
    assert.ok(message);

    const outcomes = [await refresh(message), await refresh(message)];

    assert.deepEqual([outcomes, asked], [['refreshed', 'fresh'], ['one']]);
  });

  it('finds a server again an interval later when its message was lost', async () => {
    await register('one');
    time += DAY_MS;
    await start();
    messages.splice(0);

    assert.deepEqual(await tick(), []);
    time += DAY_MS;
    assert.deepEqual(await tick(), ['refreshed']);
  });

  it('tries again what it could not tell the refreshers', async () => {
    await register('one');
    time += DAY_MS;
    isQueueDown = true;
    const { started, unreachable } = await start();
    isQueueDown = false;

    assert.deepEqual([started, unreachable], [0, 1]);
    assert.deepEqual(await tick(), ['refreshed']);
  });

  it('leaves what there is no time for to the next run', async () => {
    await register('one');
    time += DAY_MS;

    assert.deepEqual(await start(time), { started: 0, unreachable: 0, more: true });
    assert.deepEqual(await start(), { started: 1, unreachable: 0, more: false });
  });

  it('leaves disabled servers alone, also one whose message is under way, until they are enabled', async () => {
    const server = await register('one');
    time += DAY_MS;
    await start();
    const { version } = await stored(server);
    const disabled = { ...(await stored(server)), enabled: false, version: version + 1 };
    await servers().replace(disabled, version);
    const [message] = messages.splice(0);
    assert.ok(message);

    const underWay = await refresh(message);
    const later = await tick();
    await servers().replace({ ...disabled, enabled: true, version: version + 2 }, version + 1);
    const enabled = await tick();

    assert.deepEqual([underWay, later, enabled], ['disabled', [], ['refreshed']]);
  });

  it('leaves a deleted server alone, and its successor under the same slug', async () => {
    const server = await register('one');
    time += DAY_MS;
    await start();
    await servers().delete(server);
    const [message] = messages.splice(0);
    assert.ok(message);

    const deleted = await refresh(message);
    await register('one', { serverId: 'successor-1' });
    const replaced = await refresh(message);

    assert.deepEqual([deleted, replaced, asked], ['gone', 'gone', []]);
  });

  it('leaves a server that was changed while it was asked to the one who changed it', async () => {
    const server = await register('one');
    time += DAY_MS;
    await start();
    answers['one'] = async () => {
      await servers().replace({ ...server, revision: 2, version: 2 }, 1);
      return offering('first');
    };

    assert.deepEqual(await Promise.all(messages.splice(0).map(refresh)), ['moved']);
  });

  it('does not blame a server for troubles of the hub', async () => {
    const server = await register('one');
    time += DAY_MS;
    await start();
    answers['one'] = () => {
      throw new HubError('unavailable', 'the hub has troubles');
    };
    const [message] = messages;
    assert.ok(message);

    await assert.rejects(refresh(message), (error) => error instanceof HubError && error.code === 'unavailable');
    assert.equal((await stored(server)).lastSync.state, 'ok');
  });
});
