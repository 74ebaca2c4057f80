import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { createDynamoCatalogStore } from '../adapters/dynamo/dynamo-catalog-store.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoServerStore } from '../adapters/dynamo/dynamo-server-store.ts';
import { createDynamoTenantConfigStore } from '../adapters/dynamo/dynamo-tenant-config-store.ts';
import { createConnectionRules } from '../adapters/egress/connection-rules.ts';
import { createEgress } from '../adapters/egress/egress.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createMcpUpstream } from '../adapters/upstreams/mcp/mcp-upstream.ts';
import { approveSchema, createApproveDefinitions } from '../hub/catalog/approve-definitions.ts';
import { createChangeServer } from '../hub/catalog/change-server.ts';
import { permissionsSchema } from '../hub/catalog/permissions.ts';
import { presentRegistered } from '../hub/catalog/present-registered.ts';
import { createProbeServer } from '../hub/catalog/probe-server.ts';
import { createRegisterServer } from '../hub/catalog/register-server.ts';
import { createRemoveServer } from '../hub/catalog/remove-server.ts';
import { createSetPermissions } from '../hub/catalog/set-permissions.ts';
import { createStoreDiscovery } from '../hub/catalog/store-discovery.ts';
import { createSyncServer } from '../hub/catalog/sync-server.ts';
import { presentServer } from '../hub/servers/present-server.ts';
import { addServerSchema, changeServerSchema } from '../hub/servers/server-input.ts';
import { readEnv } from '../runtime/env.ts';
import { httpHandler } from '../runtime/http/http-handler.ts';
import { expectedVersionOf, versionTag } from '../runtime/http/preconditions.ts';
import { bodyOf, type HubRequest, pathParameter, queryOf } from '../runtime/http/request.ts';
import { jsonResponse, noContent } from '../runtime/http/response.ts';

const env = readEnv(
  'stage',
  'registryTable',
  'catalogTable',
  'vaultKey',
  'egressAllowLoopback',
  'egressPorts',
  'hubOrigins',
  'hubId',
  'corsOrigin',
);
const now = Date.now;
const dynamo = createDynamoClient();
const egress = createEgress({
  allowLoopback: env.egressAllowLoopback,
  ports: env.egressPorts.map(Number),
  ownOrigins: env.hubOrigins,
});
const servers = createDynamoServerStore(dynamo, env.registryTable);
const config = createDynamoTenantConfigStore(dynamo, env.registryTable);
const catalog = createDynamoCatalogStore(dynamo, { registry: env.registryTable, catalog: env.catalogTable }, now);
const box = createKmsSecretBox({ kms: createKmsClient(), keyArn: env.vaultKey, stage: env.stage, now });
const upstream = createMcpUpstream({ egress, hubId: env.hubId, now });
const probe = createProbeServer({ upstream, now });
const storeDiscovery = createStoreDiscovery({ catalog, now });

const setPermissions = createSetPermissions(config);
const syncServer = createSyncServer({ servers, box, upstream, storeDiscovery, now });
const removeServer = createRemoveServer({ servers, catalog });
const approveDefinitions = createApproveDefinitions({ servers, catalog });

/** Query of the routes that connect to a server: `?force=true` saves one that does not answer. */
const forceSchema = z.strictObject({ force: z.optional(z.enum(['true', 'false'])) });
const isForced = ({ event }: HubRequest): boolean => queryOf(event, forceSchema).force === 'true';

/** Everything that changes a tenant's configuration. */
export const handler = httpHandler(
  {
    'POST /v1/servers': async (request) => {
      const rules = createConnectionRules(egress, request.ownOrigin);
      const register = createRegisterServer({
        servers,
        config,
        box,
        rules,
        probe,
        storeDiscovery,
        now,
        newServerId: randomUUID,
      });
      const input = bodyOf(request.event, addServerSchema);
      const { server, found } = await register(
        request.principal.tenantId,
        input,
        { force: isForced(request) },
        request,
      );
      const headers = { location: `/v1/servers/${server.slug}`, etag: versionTag(server.version) };
      return jsonResponse(
        201,
        found === undefined ? presentServer(server) : presentRegistered(server, found.catalog),
        headers,
      );
    },
    'PATCH /v1/servers/{slug}': async (request) => {
      const rules = createConnectionRules(egress, request.ownOrigin);
      const change = createChangeServer({ servers, box, rules, probe, storeDiscovery, now });
      const input = bodyOf(request.event, changeServerSchema);
      const options = { force: isForced(request), expectedVersion: expectedVersionOf(request.event) };
      const slug = pathParameter(request.event, 'slug');
      const { server, found } = await change(request.principal.tenantId, slug, input, options, request);
      return jsonResponse(200, found === undefined ? presentServer(server) : presentRegistered(server, found.catalog), {
        etag: versionTag(server.version),
      });
    },
    'DELETE /v1/servers/{slug}': async ({ principal, event }) => {
      await removeServer(principal.tenantId, pathParameter(event, 'slug'));
      return noContent();
    },
    'POST /v1/servers/{slug}/sync': async (request) => {
      const slug = pathParameter(request.event, 'slug');
      const synced = await syncServer(request.principal.tenantId, slug, request);
      return jsonResponse(200, presentRegistered(synced.server, synced.catalog));
    },
    'POST /v1/servers/{slug}/approve': async ({ principal, event }) => {
      const approval = bodyOf(event, approveSchema);
      return jsonResponse(200, await approveDefinitions(principal.tenantId, pathParameter(event, 'slug'), approval));
    },
    'PUT /v1/permissions': async ({ principal, event }) => {
      const wanted = bodyOf(event, permissionsSchema);
      const { permissions, version } = await setPermissions(principal.tenantId, wanted, expectedVersionOf(event));
      return jsonResponse(200, permissions, { etag: versionTag(version) });
    },
  },
  env,
);
