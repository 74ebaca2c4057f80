import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoCallReader } from '../../lambdas/adapters/dynamo/dynamo-call-reader.ts';
import { createDynamoCatalogStore } from '../../lambdas/adapters/dynamo/dynamo-catalog-store.ts';
import { createDynamoDurationStore } from '../../lambdas/adapters/dynamo/dynamo-duration-store.ts';
import { createDynamoServerStore } from '../../lambdas/adapters/dynamo/dynamo-server-store.ts';
import { createDynamoTenantConfigStore } from '../../lambdas/adapters/dynamo/dynamo-tenant-config-store.ts';
import { buildCatalog } from '../../lambdas/hub/catalog/build-catalog.ts';
import type { FullCatalog } from '../../lambdas/hub/catalog/catalog.ts';
import type { ServerWrite } from '../../lambdas/hub/catalog/catalog-store.ts';
import { HubError } from '../../lambdas/hub/hub-error.ts';
import { type TenantId, tenantIdSchema } from '../../lambdas/hub/principal.ts';
import type { Server } from '../../lambdas/hub/servers/server.ts';
import { CLOSED } from '../../lambdas/hub/upstreams/circuit.ts';
import type { Definition } from '../../lambdas/hub/upstreams/upstream.ts';
import { startDynamoDb } from '../../local/endpoints/dynamodb.ts';

const tables = { registry: 'registry', catalog: 'catalog', refreshMs: 24 * 3600_000 };
const registry = { tableName: tables.registry, refreshMs: tables.refreshMs };
const rejectedAs = (code: string) => (error: unknown) => error instanceof HubError && error.code === code;

const definitions = (count: number, description = 'd'): Definition[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `tool-${index}`,
    description,
    inputSchema: { type: 'object' },
  }));

const resourcesOf = (count: number, description: string) =>
  Array.from({ length: count }, (_, index) => ({ uri: `a:${index}`, name: `resource ${index}`, description }));

const randomText = (bytes: number) => randomBytes(bytes).toString('base64');

/** One succeeded, and the other learned that it lost. */
function assertOneWinner(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  const losers = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.ok(losers.length > 0 && losers.every(({ reason }) => rejectedAs('conflict')(reason)));
}

describe('the stores on DynamoDB', () => {
  let directory: string;
  let database: Awaited<ReturnType<typeof startDynamoDb>>;
  let client: DynamoDBClient;
  let clock = Date.now();
  const now = () => clock;
  let tenant: TenantId;
  let count = 0;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nexus-stores-'));
    database = await startDynamoDb(join(directory, 'dynamodb.sqlite'), 'us-east-1');
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    client = new DynamoDBClient({ endpoint: database.dynamodb.endpoint, region: 'us-east-1', credentials });
    for (const TableName of [tables.registry, tables.catalog]) {
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
          ],
        }),
      );
    }
  });
  after(async () => {
    client?.destroy();
    await database?.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    tenant = tenantIdSchema.parse(`tenant-${++count}`);
  });

  const stores = () => ({
    servers: createDynamoServerStore(client, registry),
    config: createDynamoTenantConfigStore(client, tables.registry),
    catalog: createDynamoCatalogStore(client, tables, now),
    calls: createDynamoCallReader(client, tables, now),
  });

  const durations = () => createDynamoDurationStore(client, tables.catalog);

  const server = (more: Partial<Server> = {}): Server => ({
    tenantId: tenant,
    serverId: 'id-1',
    slug: 'srv',
    name: 'Server',
    adapter: 'mcp',
    url: 'https://mcp.dev/',
    transport: 'auto',
    headerNames: [],
    credentialType: 'none',
    credentialHeader: undefined,
    sealedSecret: undefined,
    rateLimitPerMinute: 60,
    enabled: true,
    trustDefinitions: false,
    system: undefined,
    revision: 1,
    version: 1,
    lastSync: { state: 'never' },
    createdAt: 1,
    updatedAt: 1,
    ...more,
  });

  const synced = (of = server()): ServerWrite => ({
    kind: 'sync',
    server: { ...of, lastSync: { state: 'ok', at: clock } },
  });

  function built(
    offered: Definition[],
    of = server(),
    pinned: ReadonlyMap<string, string> = new Map(),
  ): ReturnType<typeof buildCatalog> {
    const discovery = {
      negotiated: { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' } as const,
      features: { completions: true, logging: false },
      serverInfo: { name: 'n', version: '1' },
      instructions: undefined,
      tools: offered,
      resources: resourcesOf(3, String(offered[0]?.['description'])),
      resourceTemplates: [],
      prompts: [{ name: 'p' }],
    };
    const { slug, serverId, revision, trustDefinitions } = of;
    return buildCatalog(discovery, { slug, serverId, revision, trustDefinitions, pinned, previous: [], now: clock });
  }

  describe('servers', () => {
    it('come back as they were written', async () => {
      const { servers } = stores();
      const written = server({
        credentialType: 'header',
        credentialHeader: 'X-Key',
        sealedSecret: new Uint8Array([1, 2, 3]),
      });
      await servers.create(written);

      assert.deepEqual(await servers.get(tenant, 'srv'), written);
    });

    it('have one winner per slug', async () => {
      const { servers } = stores();
      const outcomes = await Promise.allSettled(
        ['a', 'b', 'c'].map((serverId) => servers.create(server({ serverId }))),
      );

      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') assert.ok(rejectedAs('slug_taken')(outcome.reason));
    });

    it('are replaced from the version that was read, once', async () => {
      const { servers } = stores();
      await servers.create(server());
      const changes = ['x', 'y'].map((name) => servers.replace(server({ name, version: 2 }), 1));

      const outcomes = await Promise.allSettled(changes);

      assertOneWinner(outcomes);
      assert.equal((await servers.get(tenant, 'srv'))?.version, 2);
    });

    it('lose a secret that is taken away', async () => {
      const { servers } = stores();
      await servers.create(server({ credentialType: 'bearer', sealedSecret: new Uint8Array([1]) }));
      await servers.replace(server({ version: 2 }), 1);

      assert.equal((await servers.get(tenant, 'srv'))?.sealedSecret, undefined);
    });

    it('keep the sync that ran while their settings were changed', async () => {
      const { servers } = stores();
      await servers.create(server());
      await servers.recordSync(server(), { state: 'ok', at: 5 });
      await servers.replace(server({ name: 'new', version: 2 }), 1);

      assert.deepEqual((await servers.get(tenant, 'srv'))?.lastSync, { state: 'ok', at: 5 });
    });

    it('ignore the sync of a server that was replaced under its slug', async () => {
      const { servers } = stores();
      await servers.create(server({ serverId: 'new' }));
      await servers.recordSync(server({ serverId: 'old' }), { state: 'ok', at: 5 });

      assert.deepEqual((await servers.get(tenant, 'srv'))?.lastSync, { state: 'never' });
    });

    it('ignore the sync of a server that was disabled meanwhile', async () => {
      const { servers } = stores();
      await servers.create(server());
      await servers.replace(server({ enabled: false, version: 2 }), 1);
      await servers.recordSync(server(), { state: 'ok', at: 5 });

      assert.deepEqual((await servers.get(tenant, 'srv'))?.lastSync, { state: 'never' });
    });

    it('of a tenant are 50 at the most, however many are added at once', async () => {
      const { servers } = stores();
      const some = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, index) =>
          servers.create(server({ serverId: `id-${from + index}`, slug: `s${from + index}` })),
        );
      for (const one of some(0, 45)) await one.catch((error) => assert.ok(rejectedAs('conflict')(error)));
      const before = (await stores().config.read(tenant)).servers.length;

      for (let from = 45; from < 85; from += 8) await Promise.allSettled(some(from, from + 8));

      assert.ok(before <= 45);
      assert.equal((await stores().config.read(tenant)).servers.length, 50);
      await assert.rejects(servers.create(server({ serverId: 'x', slug: 'one-more' })), rejectedAs('quota_exceeded'));
    });

    it('make room when they are deleted', async () => {
      const { servers } = stores();
      for (let index = 0; index < 50; index += 1) {
        await servers.create(server({ serverId: `id-${index}`, slug: `s${index}` }));
      }
      await assert.rejects(servers.create(server({ serverId: 'x', slug: 'x' })), rejectedAs('quota_exceeded'));
      await servers.delete(server({ serverId: 'id-7', slug: 's7' }));

      await servers.create(server({ serverId: 'x', slug: 'x' }));
    });

    it('that changed since they were read are not deleted', async () => {
      const { servers } = stores();
      await servers.create(server());
      await servers.replace(server({ version: 2 }), 1);

      await assert.rejects(servers.delete(server()), rejectedAs('conflict'));
    });

    it('of another tenant are not deleted', async () => {
      const { servers } = stores();
      await servers.create(server());
      const other = server({ tenantId: tenantIdSchema.parse('stranger') });

      await assert.rejects(servers.delete(other), rejectedAs('conflict'));
      assert.ok(await servers.get(tenant, 'srv'));
    });
  });

  describe('permissions', () => {
    it('are everything until they are set, and have one winner per version', async () => {
      const { config } = stores();
      const initial = await config.readPermissions(tenant);
      assert.deepEqual(initial, { permissions: { default: 'enabled', tools: {} }, version: 0 });
      const wanted = { default: 'disabled' as const, tools: {} };

      const outcomes = await Promise.allSettled([1, 2].map(() => config.writePermissions(tenant, wanted, 0)));

      assertOneWinner(outcomes);
      assert.deepEqual((await config.read(tenant)).permissions, { permissions: wanted, version: 1 });
    });
  });

  describe('what was learned of how long a tool takes', () => {
    const learned = async (serverId: string, exposedName = 'srv_slow') => {
      const { calls } = stores();
      const subject = await calls.read(tenant, 'srv', exposedName);
      return subject.learned?.serverId === serverId ? subject.learned.milliseconds : undefined;
    };

    it('is read with the call and with the list, of this very server and this very tool', async () => {
      const { servers, catalog } = stores();
      await servers.create(server());
      const { catalog: content, hashes } = built([{ name: 'slow' }, { name: 'quick' }]);
      await catalog.commit({ kind: 'sync', server: server() }, content, hashes, 0);
      const tool = { slug: 'srv', serverId: 'id-1', exposedName: 'srv_slow' };

      for (const milliseconds of [30_000, 40_000]) await durations().write(tenant, tool, milliseconds);

      assert.equal(await learned('id-1'), 40_000);
      assert.equal(await learned('id-1', 'srv_quick'), undefined);
      const listed = (await catalog.read(tenant)).flatMap(({ tools }) => tools);
      const estimates = listed.map(({ exposedName, metadata }) => [exposedName, metadata.estimatedDurationMs]);
      assert.deepEqual(Object.fromEntries(estimates), { srv_slow: 40_000, srv_quick: 2_000 });
    });

    it('is forgotten with the server that it was learned on', async () => {
      const tool = { slug: 'srv', serverId: 'id-1', exposedName: 'srv_slow' };
      await durations().write(tenant, tool, 30_000);

      await durations().write(tenant, { ...tool, serverId: 'id-2' }, 50_000);

      assert.equal(await learned('id-1'), undefined);
      assert.equal(await learned('id-2'), 50_000);
    });

    it('is kept for every tool of a bucket that is written to at once', async () => {
      const names = Array.from({ length: 20 }, (_, index) => `srv_tool${index}`);

      await Promise.all(
        names.map((exposedName) => durations().write(tenant, { slug: 'srv', serverId: 'id-1', exposedName }, 20_000)),
      );

      const known = await Promise.all(names.map((name) => learned('id-1', name)));
      assert.deepEqual(new Set(known), new Set([20_000]));
    });
  });

  describe('catalogs', () => {
    async function committed(offered: Definition[]): Promise<FullCatalog> {
      const { servers, catalog } = stores();
      await servers.create(server());
      const { catalog: content, hashes } = built(offered);
      await catalog.commit(synced(), content, hashes, 0);
      return content;
    }

    it('come back as they were built', async () => {
      const content = await committed(definitions(100));
      const [read] = await stores().catalog.read(tenant);

      assert.deepEqual(read?.head, content.head);
      const byName = (tools: FullCatalog['tools']) =>
        [...tools].sort((a, b) => (a.exposedName < b.exposedName ? -1 : 1));
      assert.deepEqual(byName(read?.tools ?? []), byName(content.tools));
    });

    it('offer what was found beside tools, perhaps nothing', async () => {
      const content = await committed(definitions(1));
      const { catalog } = stores();
      const of = { slug: 'srv', serverId: 'id-1' };

      assert.deepEqual(await catalog.readOffers(tenant, 'resources'), [{ ...of, definitions: content.resources }]);
      assert.deepEqual(await catalog.readOffers(tenant, 'resourceTemplates'), [{ ...of, definitions: [] }]);
      assert.deepEqual(await catalog.readOffers(tenant, 'prompts', 'srv'), [{ ...of, definitions: content.prompts }]);
      assert.deepEqual(await catalog.readOffers(tenant, 'prompts', 'sr'), []);
      assert.deepEqual(await catalog.readOffers(tenantIdSchema.parse('stranger'), 'prompts'), []);
    });

    it('keep offers of any number and size in their order, and nothing of those before', async () => {
      await committed(definitions(1));
      const { catalog } = stores();
      const sizes = [300, 2];
      for (const size of sizes) {
        const pins = await catalog.readPins(tenant, 'srv');
        const next = built(definitions(1), server(), pins.hashes);
        const resources = resourcesOf(size, '').map((resource) => ({ ...resource, description: randomText(4_000) }));
        await catalog.commit(synced(), { ...next.catalog, resources }, next.hashes, pins.version);

        const [offers] = await catalog.readOffers(tenant, 'resources');
        assert.deepEqual(offers?.definitions, resources);
      }
    });

    it('are read for a server without its tools', async () => {
      const content = await committed(definitions(1));
      const { server: read, head } = await stores().calls.readServer(tenant, 'srv');

      assert.equal(read?.serverId, 'id-1');
      assert.deepEqual(head, content.head);
      assert.deepEqual(await stores().calls.readServer(tenant, 'sr'), {
        server: undefined,
        head: undefined,
        circuit: CLOSED,
      });
    });

    it('are read for one call with exactly its tool', async () => {
      await committed(definitions(100));
      const subject = await stores().calls.read(tenant, 'srv', 'srv_tool-42');

      assert.equal(subject.server?.slug, 'srv');
      assert.equal(subject.tool?.definition.name, 'tool-42');
      assert.equal((await stores().calls.read(tenant, 'srv', 'srv_tool-100')).tool, undefined);
    });

    it('that shrink leave no tool behind', async () => {
      await committed(definitions(200));
      const { catalog, calls } = stores();
      const pins = await catalog.readPins(tenant, 'srv');
      const smaller = built(definitions(1), server(), pins.hashes);
      await catalog.commit(synced(), smaller.catalog, smaller.hashes, pins.version);

      assert.equal((await catalog.read(tenant))[0]?.tools.length, 1);
      assert.equal((await calls.read(tenant, 'srv', 'srv_tool-199')).tool, undefined);
    });

    it('of a server that was deleted meanwhile are not stored', async () => {
      const { servers, catalog } = stores();
      await servers.create(server());
      await servers.delete(server());
      const { catalog: content, hashes } = built(definitions(1));

      await assert.rejects(catalog.commit(synced(), content, hashes, 0), rejectedAs('conflict'));
      assert.deepEqual(await catalog.read(tenant), []);
    });

    it('of an outdated connection are not stored', async () => {
      const { servers, catalog } = stores();
      await servers.create(server());
      await servers.replace(server({ version: 2, revision: 2 }), 1);
      const { catalog: content, hashes } = built(definitions(1));

      await assert.rejects(catalog.commit(synced(), content, hashes, 0), rejectedAs('conflict'));
    });

    it('do not overwrite pins that another sync wrote first', async () => {
      const { servers, catalog } = stores();
      await servers.create(server());
      const [one, two] = [built(definitions(1, 'one')), built(definitions(1, 'two'))];

      const outcomes = await Promise.all(
        [one, two].map(({ catalog: content, hashes }) => catalog.commit(synced(), content, hashes, 0)),
      );

      assert.deepEqual(outcomes.sort(), [false, true]);
    });

    it('are forgotten when they expire, and pins are not', async () => {
      await committed(definitions(3));
      const written = clock;
      clock += 31 * 24 * 3600 * 1000;
      try {
        const { catalog, calls } = stores();
        assert.deepEqual(await catalog.read(tenant), []);
        assert.deepEqual(await catalog.readOffers(tenant, 'resources'), []);
        assert.equal((await calls.read(tenant, 'srv', 'srv_tool-1')).head, undefined);
        assert.equal((await calls.readServer(tenant, 'srv')).head, undefined);
        assert.equal((await catalog.readPins(tenant, 'srv')).hashes.size, 3);
      } finally {
        clock = written;
      }
    });

    it('of a server that was added again under its slug are not mistaken for its own', async () => {
      await committed(definitions(3));
      const { servers, calls } = stores();
      await servers.delete(server());
      await servers.create(server({ serverId: 'id-2' }));

      assert.equal((await calls.read(tenant, 'srv', 'srv_tool-1')).head, undefined);
      assert.equal((await calls.readServer(tenant, 'srv')).head, undefined);
    });

    it('stay whole while they are rewritten and read at the same time', async () => {
      await committed(definitions(60, 'generation 0'));
      const { catalog } = stores();
      let writing = true;
      const writer = (async () => {
        for (let generation = 1; writing && generation <= 15; generation += 1) {
          const pins = await catalog.readPins(tenant, 'srv');
          const next = built(
            definitions(60, `generation ${generation}`),
            server({ trustDefinitions: true }),
            pins.hashes,
          );
          await catalog.commit(synced(), next.catalog, next.hashes, pins.version);
        }
      })().finally(() => {
        writing = false;
      });
      while (writing) {
        const [read] = await catalog.read(tenant).catch((error) => {
          assert.ok(rejectedAs('unavailable')(error));
          return [];
        });
        if (read === undefined) continue;
        assert.equal(read.tools.length, 60);
        assert.equal(new Set(read.tools.map(({ definition }) => definition['description'])).size, 1);
      }
      await writer;
    });

    it('bring their new server with them, or leave none behind', async () => {
      const { servers, catalog } = stores();
      const create = { kind: 'create', server: server({ lastSync: { state: 'ok', at: 7 } }) } as const;
      const huge = Array.from({ length: 200 }, (_, index) => ({ name: `t${index}`, description: randomText(40_000) }));
      const tooLarge = built(huge);
      await assert.rejects(
        catalog.commit(create, tooLarge.catalog, tooLarge.hashes, 0),
        rejectedAs('catalog_too_large'),
      );
      assert.equal(await servers.get(tenant, 'srv'), undefined);

      const { catalog: content, hashes } = built(definitions(2));
      await catalog.commit(create, content, hashes, 0);

      assert.deepEqual((await servers.get(tenant, 'srv'))?.lastSync, { state: 'ok', at: 7 });
      await assert.rejects(catalog.commit(create, content, hashes, 1), rejectedAs('slug_taken'));
    });

    it('bring the changed settings of their server with them, or change none', async () => {
      await committed(definitions(1));
      const { servers, catalog } = stores();
      const pins = await catalog.readPins(tenant, 'srv');
      const changed = server({ url: 'https://other.dev/', version: 2, revision: 2 });
      const { catalog: content, hashes } = built(definitions(2));

      const late = { kind: 'change', server: changed, expectedVersion: 9 } as const;
      await assert.rejects(catalog.commit(late, content, hashes, pins.version), rejectedAs('conflict'));
      assert.equal((await catalog.read(tenant))[0]?.tools.length, 1);
      await catalog.commit({ ...late, expectedVersion: 1 }, content, hashes, pins.version);

      assert.equal((await servers.get(tenant, 'srv'))?.url, 'https://other.dev/');
      assert.equal((await catalog.read(tenant))[0]?.tools.length, 2);
    });

    it('of a server that lost its tenant’s trust meanwhile are not stored', async () => {
      const { servers, catalog } = stores();
      await servers.create(server({ trustDefinitions: true }));
      await servers.replace(server({ trustDefinitions: false, version: 2 }), 1);
      const { catalog: content, hashes } = built(definitions(1));

      const trusting = synced(server({ trustDefinitions: true }));
      await assert.rejects(catalog.commit(trusting, content, hashes, 0), rejectedAs('conflict'));
    });

    it('keep the pin of a tool whatever it is called', async () => {
      const odd = ['__proto__', 'constructor', 'toString'].map((name) => ({ name, description: 'd' }));
      await committed(odd);

      const { hashes } = await stores().catalog.readPins(tenant, 'srv');
      assert.deepEqual([...hashes.keys()].sort(), ['__proto__', 'constructor', 'toString']);
    });

    describe('with a tool that waits for approval', () => {
      async function quarantine() {
        await committed(definitions(3, 'accepted'));
        const { catalog } = stores();
        const pins = await catalog.readPins(tenant, 'srv');
        const next = built(definitions(3, 'changed'), server(), pins.hashes);
        await catalog.commit(synced(), next.catalog, next.hashes, pins.version);
        const tool = next.catalog.tools.find(({ definition }) => definition.name === 'tool-1');
        assert.equal(tool?.state, 'quarantined');
        return { tool, pins: await catalog.readPins(tenant, 'srv') };
      }

      it('make exactly that tool active when it is approved', async () => {
        const { tool, pins } = await quarantine();
        const { catalog } = stores();
        await catalog.approve(server(), [tool], pins);

        const [read] = await catalog.read(tenant);
        const states = read?.tools.map(({ exposedName, state }) => [exposedName, state]).sort();
        assert.deepEqual(states, [
          ['srv_tool-0', 'quarantined'],
          ['srv_tool-1', 'active'],
          ['srv_tool-2', 'quarantined'],
        ]);
        assert.equal(read?.head.counts.quarantined, 2);
        assert.equal((await catalog.readPins(tenant, 'srv')).hashes.get('tool-1'), tool.hash);
      });

      it('do not take an approval of a definition that is not there any more', async () => {
        const { tool, pins } = await quarantine();
        const { catalog } = stores();

        const other = { ...tool, hash: 'of another definition' };
        await assert.rejects(catalog.approve(server(), [other], pins), rejectedAs('definition_changed'));
        assert.deepEqual(await catalog.readPins(tenant, 'srv'), pins);
      });

      it('do not take an approval for a server that was replaced under its slug', async () => {
        const { tool, pins } = await quarantine();
        const { servers, catalog } = stores();
        await servers.delete(server());
        await servers.create(server({ serverId: 'id-2' }));

        await assert.rejects(catalog.approve(server(), [tool], pins), rejectedAs('conflict'));
      });

      it('do not take an approval and a sync at the same time', async () => {
        const { tool, pins } = await quarantine();
        const { catalog } = stores();
        const next = built(definitions(3, 'changed again'), server(), pins.hashes);

        const outcomes = await Promise.allSettled([
          catalog.approve(server(), [tool], pins),
          catalog.commit(synced(), next.catalog, next.hashes, pins.version),
        ]);

        const [approved, stored] = outcomes;
        const syncWon = stored.status === 'fulfilled' && stored.value;
        assert.equal(approved.status, syncWon ? 'rejected' : 'fulfilled');
        if (approved.status === 'rejected') assert.ok(rejectedAs('conflict')(approved.reason));
      });
    });

    it('of a server are forgotten with it, and no other’s', async () => {
      await committed(definitions(3));
      const { catalog } = stores();

      await catalog.remove(server({ serverId: 'another' }));
      assert.equal((await catalog.read(tenant)).length, 1);
      await catalog.remove(server());
      assert.equal((await catalog.read(tenant)).length, 0);
      await catalog.remove(server());
    });

    it('of 1,000 incompressible tools with 2 MB are stored within the item limit', async () => {
      const offered = Array.from({ length: 1000 }, (_, index) => ({
        name: `t${index}`,
        description: randomText(1500),
      }));
      await committed(offered);

      assert.equal((await stores().catalog.read(tenant))[0]?.tools.length, 1000);
    });

    it('that cannot fit are refused as too large, and the old one stays', async () => {
      await committed(definitions(2));
      const offered = Array.from({ length: 200 }, (_, index) => ({
        name: `t${index}`,
        description: randomText(40_000),
      }));
      const { catalog } = stores();
      const pins = await catalog.readPins(tenant, 'srv');
      const { catalog: content, hashes } = built(offered, server(), pins.hashes);

      await assert.rejects(catalog.commit(synced(), content, hashes, pins.version), rejectedAs('catalog_too_large'));
      assert.equal((await catalog.read(tenant))[0]?.tools.length, 2);
    });
  });

  it('that do not answer make the hub unavailable', async () => {
    const nowhere = new DynamoDBClient({
      endpoint: 'http://127.0.0.1:9',
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    const { get } = createDynamoServerStore(nowhere, registry);

    await assert.rejects(get(tenant, 'srv'), rejectedAs('unavailable'));
  });
});
