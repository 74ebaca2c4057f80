import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { createDynamoCatalogStore } from '../adapters/dynamo/dynamo-catalog-store.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoServerStore } from '../adapters/dynamo/dynamo-server-store.ts';
import { createDynamoSystemStore } from '../adapters/dynamo/dynamo-system-store.ts';
import { createDynamoTenantConfigStore } from '../adapters/dynamo/dynamo-tenant-config-store.ts';
import { createConnectionRules } from '../adapters/egress/connection-rules.ts';
import { createEgress } from '../adapters/egress/egress.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createMcpDiscovery } from '../adapters/upstreams/mcp/mcp-discovery.ts';
import { approveSchema, createApproveDefinitions } from '../hub/catalog/approve-definitions.ts';
import { createChangeServer } from '../hub/catalog/change-server.ts';
import { discoveryContext } from '../hub/catalog/discovery-context.ts';
import { permissionsSchema } from '../hub/catalog/permissions.ts';
import { presentChanged } from '../hub/catalog/present-registered.ts';
import { createProbeServer } from '../hub/catalog/probe-server.ts';
import { createRegisterServer, type RegisteredServer } from '../hub/catalog/register-server.ts';
import { createRemoveServer } from '../hub/catalog/remove-server.ts';
import { createSetPermissions, PERMISSIONS_ID } from '../hub/catalog/set-permissions.ts';
import { createStoreDiscovery } from '../hub/catalog/store-discovery.ts';
import { createSyncServer } from '../hub/catalog/sync-server.ts';
import { HOUR_MS } from '../hub/servers/refresh-time.ts';
import { addServerSchema, changeServerSchema } from '../hub/servers/server-input.ts';
import { requireSlug } from '../hub/servers/server-refusals.ts';
import {
  createRemoveOwnCredential,
  createSetOwnCredential,
  ownCredentialSchema,
} from '../hub/system/own-credential.ts';
import { presentSystemState } from '../hub/system/present-system-state.ts';
import { createRegisteredOnly } from '../hub/system/registered-only.ts';
import { createSetSystemServer, setSystemServerSchema } from '../hub/system/set-system-server.ts';
import { requireSystemServer } from '../hub/system/system-refusals.ts';
import { systemServerId, tenantViewId } from '../hub/system/tenant-system-server.ts';
import { presentServer } from '../hub/servers/present-server.ts';
import { readEnv } from '../runtime/env.ts';
import { httpHandler } from '../runtime/http/http-handler.ts';
import { entityTag, expectedState } from '../runtime/http/preconditions.ts';
import { bodyOf, type HubRequest, pathParameter, queryOf } from '../runtime/http/request.ts';
import { jsonResponse, noContent } from '../runtime/http/response.ts';

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
  'corsOrigin',
  'scopePrefix',
  'awsRegion',
);
const now = Date.now;
const dynamo = createDynamoClient();
const egress = createEgress({
  allowLoopback: env.egressAllowLoopback,
  ports: env.egressPorts.map(Number),
  ownOrigins: env.hubOrigins,
});
const refreshMs = env.catalogRefreshHours * HOUR_MS;
const registered = createDynamoServerStore(dynamo, { tableName: env.registryTable, refreshMs });
const servers = createRegisteredOnly(registered);
const system = createDynamoSystemStore(dynamo, env.registryTable);
const config = createDynamoTenantConfigStore(dynamo, env.registryTable);
const tables = { registry: env.registryTable, catalog: env.catalogTable, refreshMs };
const catalog = createDynamoCatalogStore(dynamo, tables, now);
const box = createKmsSecretBox({
  kms: createKmsClient(),
  keyArn: env.vaultKey,
  stage: env.stage,
  purpose: 'upstream-config',
  now,
});
const upstream = createMcpDiscovery({ egress, hubId: env.hubId, now });
const probe = createProbeServer({ upstream, now });
const storeDiscovery = createStoreDiscovery({ catalog, now });

const setPermissions = createSetPermissions(config);
const syncServer = createSyncServer({ servers, box, upstream, storeDiscovery, now });
const removeServer = createRemoveServer({ servers, catalog });
const removeOwnCredential = createRemoveOwnCredential({ system });
const approveDefinitions = createApproveDefinitions({ servers, catalog });

/** Query of the routes that connect to a server: `?force=true` saves one that does not answer. */
const forceSchema = z.strictObject({ force: z.optional(z.enum(['true', 'false'])) });

const isForced = ({ event }: HubRequest): boolean => queryOf(event, forceSchema).force === 'true';
const slugOf = ({ event }: HubRequest): string => requireSlug(pathParameter(event, 'slug'));
const contextOf = (request: HubRequest) => discoveryContext(request, now());

function changed(status: number, registered: RegisteredServer, headers: Record<string, string> = {}) {
  const { serverId: id, version } = registered.server;
  return jsonResponse(status, presentChanged(registered), { ...headers, etag: entityTag({ id, version }) });
}

/** Everything that changes a tenant's configuration. */
export const handler = httpHandler(
  {
    'POST /v1/servers': async (request) => {
      const rules = createConnectionRules(egress, request.ownOrigins);
      const dependencies = { servers, config, box, rules, probe, storeDiscovery, now, newServerId: randomUUID };
      const input = bodyOf(request.event, addServerSchema);
      const options = { force: isForced(request) };
      const { tenantId } = request.principal;
      const registered = await createRegisterServer(dependencies)(tenantId, input, options, contextOf(request));
      // The path as it was requested, which has the stage in it at API Gateway's own address.
      const { path } = request.event.requestContext;
      return changed(201, registered, { location: `${path.replace(/\/$/, '')}/${registered.server.slug}` });
    },
    'PATCH /v1/servers/{slug}': async (request) => {
      const rules = createConnectionRules(egress, request.ownOrigins);
      const change = createChangeServer({ servers, box, rules, probe, storeDiscovery, now });
      const input = bodyOf(request.event, changeServerSchema);
      const options = { force: isForced(request), expected: expectedState(request.event) };
      const { tenantId } = request.principal;
      return changed(200, await change(tenantId, slugOf(request), input, options, contextOf(request)));
    },
    'DELETE /v1/servers/{slug}': async (request) => {
      await removeServer(request.principal.tenantId, slugOf(request), expectedState(request.event));
      return noContent();
    },
    'POST /v1/servers/{slug}/sync': async (request) => {
      const { principal, event } = request;
      const found = await syncServer(principal.tenantId, slugOf(request), expectedState(event), contextOf(request));
      return changed(200, { server: found.server, found });
    },
    'POST /v1/servers/{slug}/approve': async (request) => {
      const { principal, event } = request;
      const approval = bodyOf(event, approveSchema);
      return jsonResponse(
        200,
        await approveDefinitions(principal.tenantId, slugOf(request), approval, expectedState(event)),
      );
    },
    'PUT /v1/servers/{slug}/credential': async (request) => {
      const rules = createConnectionRules(egress, request.ownOrigins);
      const { credential } = bodyOf(request.event, ownCredentialSchema);
      const setOwnCredential = createSetOwnCredential({ system, registered, box, rules, now });
      const { tenantId } = request.principal;
      const server = await setOwnCredential(tenantId, slugOf(request), credential, expectedState(request.event));
      const etag = entityTag({ id: tenantViewId(server.slug), version: server.version });
      return jsonResponse(200, presentServer(server), { etag });
    },
    'DELETE /v1/servers/{slug}/credential': async (request) => {
      await removeOwnCredential(request.principal.tenantId, slugOf(request), expectedState(request.event));
      return noContent();
    },
    'PUT /v1/admin/servers/{slug}': async (request) => {
      const rules = createConnectionRules(egress, request.ownOrigins);
      const server = await requireSystemServer(slugOf(request));
      const setSystemServer = createSetSystemServer({ system, box, rules, now, movesAll: env.egressAllowLoopback });
      const input = bodyOf(request.event, setSystemServerSchema);
      const state = await setSystemServer(server, input, expectedState(request.event));
      const etag = entityTag({ id: systemServerId(server.slug), version: state.version });
      return jsonResponse(200, presentSystemState(server, state), { etag });
    },
    'PUT /v1/permissions': async ({ principal, event }) => {
      const wanted = bodyOf(event, permissionsSchema);
      const { permissions, version } = await setPermissions(principal.tenantId, wanted, expectedState(event));
      return jsonResponse(200, permissions, { etag: entityTag({ id: PERMISSIONS_ID, version }) });
    },
  },
  env,
);
