import * as z from 'zod/mini';
import { createDynamoCatalogStore } from '../adapters/dynamo/dynamo-catalog-store.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoServerStore } from '../adapters/dynamo/dynamo-server-store.ts';
import { createEgress } from '../adapters/egress/egress.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createMcpDiscovery } from '../adapters/upstreams/mcp/mcp-discovery.ts';
import { createRefreshServer } from '../hub/catalog/refresh-server.ts';
import { createStoreDiscovery } from '../hub/catalog/store-discovery.ts';
import { createSyncServer } from '../hub/catalog/sync-server.ts';
import { tenantIdSchema } from '../hub/principal.ts';
import { HOUR_MS } from '../hub/servers/refresh-time.ts';
import { slugSchema } from '../hub/servers/slug.ts';
import { readEnv } from '../runtime/env.ts';
import { createCountReport } from '../runtime/metrics.ts';
import { queueHandler } from '../runtime/queue-handler.ts';

const env = readEnv(
  'stage',
  'registryTable',
  'catalogTable',
  'catalogRefreshHours',
  'vaultKey',
  'egressAllowLoopback',
  'egressPorts',
  'hubOrigins',
  'hubId',
  'awsRegion',
);
const now = Date.now;
const refreshMs = env.catalogRefreshHours * HOUR_MS;
const dynamo = createDynamoClient();
const egress = createEgress({
  allowLoopback: env.egressAllowLoopback,
  ports: env.egressPorts.map(Number),
  ownOrigins: env.hubOrigins,
});
const servers = createDynamoServerStore(dynamo, { tableName: env.registryTable, refreshMs });
const tables = { registry: env.registryTable, catalog: env.catalogTable, refreshMs };
const storeDiscovery = createStoreDiscovery({ catalog: createDynamoCatalogStore(dynamo, tables, now), now });
const box = createKmsSecretBox({
  kms: createKmsClient(),
  keyArn: env.vaultKey,
  stage: env.stage,
  purpose: 'upstream-config',
  now,
});
const upstream = createMcpDiscovery({ egress, hubId: env.hubId, now });
const syncServer = createSyncServer({ servers, box, upstream, storeDiscovery, now });
const refreshServer = createRefreshServer({ servers, syncServer, intervalMs: refreshMs, now });
const reportCounts = createCountReport(env.stage);

const messageSchema = z.object({ tenantId: tenantIdSchema, slug: slugSchema, serverId: z.string() });

/** Kept back for answering the queue. */
const MARGIN_MS = 2_000;

/** Asks the servers again that the queue tells of. */
export const handler = queueHandler({
  parse: (body) => messageSchema.parse(JSON.parse(body)),
  async handle(message, deadline) {
    const outcome = await refreshServer(message, deadline);
    reportCounts({ CatalogsRefreshed: Number(outcome === 'refreshed'), RefreshesFailed: Number(outcome === 'failed') });
    return outcome;
  },
  marginMs: MARGIN_MS,
});
