import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { createDynamoCatalogParts } from '../../lambdas/adapters/dynamo/dynamo-catalog-parts.ts';
import { createDynamoCatalogStore } from '../../lambdas/adapters/dynamo/dynamo-catalog-store.ts';
import { createDynamoDurationStore } from '../../lambdas/adapters/dynamo/dynamo-duration-store.ts';
import { createDynamoServerStore } from '../../lambdas/adapters/dynamo/dynamo-server-store.ts';
import { createStoreDiscovery } from '../../lambdas/hub/catalog/store-discovery.ts';
import { createRemoveOrphanedCatalogs } from '../../lambdas/hub/cleanup/orphaned-catalogs.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import type { Server } from '../../lambdas/hub/servers/server.ts';
import { systemServerId } from '../../lambdas/hub/system/tenant-system-server.ts';
import { startDynamoDb } from '../../local/endpoints/dynamodb.ts';
import { createDueTable } from '../support/due-table.ts';
import { sampleServer } from '../support/sample-server.ts';

const refreshMs = 24 * 3600_000;
const now = () => 1_800_000_000_000;
const FOREVER = { at: Infinity, signal: new AbortController().signal };
const OFFER = {
  negotiated: { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' },
  features: { completions: false, logging: false },
  serverInfo: undefined,
  instructions: undefined,
  tools: ['a', 'b', 'c'].map((name) => ({ name, inputSchema: { type: 'object' } })),
  resources: [],
  resourceTemplates: [],
  prompts: [],
} as const;

describe('the cleanup of catalogs, on DynamoDB', () => {
  let directory: string;
  let database: Awaited<ReturnType<typeof startDynamoDb>>;
  let client: DynamoDBClient;
  let run = 0;
  let tables: { registry: string; catalog: string; refreshMs: number };

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nexus-cleanup-'));
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
    tables = { registry: `registry-${run}`, catalog: `catalog-${run}`, refreshMs };
    await createDueTable(client, tables.registry);
    await createDueTable(client, tables.catalog);
  });

  const servers = () => createDynamoServerStore(client, { tableName: tables.registry, refreshMs });
  const catalog = () => createDynamoCatalogStore(client, tables, now);
  const parts = () => createDynamoCatalogParts(client, tables.catalog);
  const register = async (slug: string, more: Partial<Server> = {}): Promise<Server> => {
    const server = sampleServer(slug, more);
    await createStoreDiscovery({ catalog: catalog(), now })({ kind: 'create', server }, OFFER);
    return server;
  };
  const cleanUp = (cursor?: string, deadline = FOREVER) =>
    createRemoveOrphanedCatalogs({ parts: parts(), servers: servers(), now })(cursor, deadline);
  const names = async () => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tables.catalog }));
    return Items.map((item) => unmarshall(item)).map(({ pk, sk }) => `${pk} ${String(sk).split('#')[1]}`);
  };

  it('removes what a deleted server left, once, and nothing of any other', async () => {
    const gone = await register('one');
    await register('two');
    await register('one', { tenantId: tenantIdSchema.parse('globex'), serverId: 'another' });
    const before = (await names()).filter((name) => name === 'TENANT#acme one').length;
    await servers().delete(gone);

    const first = await cleanUp();
    const second = await cleanUp();

    assert.deepEqual(first, { counts: { OrphanedCatalogItemsRemoved: before }, rest: undefined });
    assert.deepEqual(second, { counts: { OrphanedCatalogItemsRemoved: 0 }, rest: undefined });
    assert.deepEqual([...new Set(await names())].toSorted(), ['TENANT#acme two', 'TENANT#globex one']);
  });

  it('removes what the server left that had the slug before', async () => {
    await servers().delete(await register('one'));
    await servers().create(sampleServer('one', { serverId: 'successor' }));

    await cleanUp();

    assert.deepEqual(await names(), []);
  });

  it('removes what was learned of a deleted server, and keeps it of those of the deployment', async () => {
    const durations = createDynamoDurationStore(client, tables.catalog);
    const gone = await register('one');
    const { tenantId } = gone;
    const system = { slug: 'maps', serverId: systemServerId('maps'), exposedName: 'maps_find' };
    await durations.write(tenantId, { ...gone, exposedName: 'one_a' }, 5);
    await durations.write(tenantId, system, 5);
    await servers().delete(gone);

    await cleanUp();

    assert.deepEqual(await names(), ['TENANT#acme maps']);
  });

  it('leaves a part alone that was written anew since it was found', async () => {
    const gone = await register('one');
    const { items } = await parts().page(undefined);
    await servers().delete(gone);
    await register('one', { serverId: 'successor' });

    const removals = await Promise.all(items.map((part) => parts().remove(part)));

    assert.ok(removals.length > 0 && !removals.includes(true));
  });

  it('keeps whose a part is when a definition in it is approved', async () => {
    const server = await register('one');
    const changed = { ...OFFER, tools: OFFER.tools.map((tool) => ({ ...tool, description: 'changed' })) };
    const { catalog: found } = await createStoreDiscovery({ catalog: catalog(), now })(
      { kind: 'sync', server },
      changed,
    );
    await catalog().approve(server, found.tools, await catalog().readPins(server.tenantId, 'one'));

    const { items } = await parts().page(undefined);

    assert.deepEqual([...new Set(items.map(({ serverId }) => serverId))], [server.serverId]);
  });

  it('leaves alone what it does not know', async () => {
    const strange = { pk: 'SOMETHING#else', sk: 'TOOLS#one#HEAD', commitId: 'c', serverId: 'nobody' };
    await client.send(new PutItemCommand({ TableName: tables.catalog, Item: marshall(strange) }));

    await cleanUp();

    assert.deepEqual(await names(), ['SOMETHING#else one']);
  });

  it('goes on where there was no time left', async () => {
    const orphans = Array.from({ length: 450 }, (_, index) => ({
      pk: `TENANT#t${index % 7}`,
      sk: `TOOLS#s${index}#HEAD`,
      serverId: 'nobody',
      commitId: 'c',
    }));
    for (const orphan of orphans) {
      await client.send(new PutItemCommand({ TableName: tables.catalog, Item: marshall(orphan) }));
    }

    const removed: (number | undefined)[] = [];
    let rest: { readonly cursor: string | undefined } | undefined;
    do {
      const report = await cleanUp(rest?.cursor, { ...FOREVER, at: now() });
      removed.push(report.counts['OrphanedCatalogItemsRemoved']);
      rest = report.rest;
    } while (rest !== undefined);

    assert.deepEqual(removed, [200, 200, 50]);
    assert.deepEqual(await names(), []);
  });
});
