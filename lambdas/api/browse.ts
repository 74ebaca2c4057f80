import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { listOffersSchema } from '../hub/catalog/list-offers.ts';
import { createListPrompts } from '../hub/catalog/list-prompts.ts';
import { createListResources, createListResourceTemplates } from '../hub/catalog/list-resources.ts';
import { createListTools, listToolsSchema } from '../hub/catalog/list-tools.ts';
import { presentOfferPage } from '../hub/catalog/present-offers.ts';
import { presentRegistered } from '../hub/catalog/present-registered.ts';
import { presentToolPage } from '../hub/catalog/present-tools.ts';
import { createReadServer } from '../hub/catalog/read-server.ts';
import { PERMISSIONS_ID } from '../hub/catalog/set-permissions.ts';
import { presentServer } from '../hub/servers/present-server.ts';
import { requireSlug } from '../hub/servers/server-refusals.ts';
import { createListSystemServers } from '../hub/system/list-system-servers.ts';
import { presentSystemState } from '../hub/system/present-system-state.ts';
import { systemServerId, tenantViewId } from '../hub/system/tenant-system-server.ts';
import { readEnv } from '../runtime/env.ts';
import { httpHandler } from '../runtime/http/http-handler.ts';
import { entityTag } from '../runtime/http/preconditions.ts';
import { headerOf, pathParameter, queryOf } from '../runtime/http/request.ts';
import { jsonResponse, revalidatedResponse } from '../runtime/http/response.ts';
import { wireLists } from '../wiring/wire-lists.ts';

const env = readEnv('registryTable', 'catalogTable', 'hubId', 'corsOrigin', 'scopePrefix', 'awsRegion');
const client = createDynamoClient();
const { system, config, freshConfig, catalog } = wireLists(env, client, Date.now);
const listTools = createListTools({ config, catalog });
const listResources = createListResources({ config, catalog });
const listResourceTemplates = createListResourceTemplates({ config, catalog });
const listPrompts = createListPrompts({ config, catalog });
const listSystemServers = createListSystemServers(system);
const readServer = createReadServer({ config: freshConfig, catalog });

/** Everything that only reads: what there is to call, permissions and servers. */
export const handler = httpHandler(
  {
    'GET /v1/tools': async ({ principal, event }) => {
      const page = await listTools(principal.tenantId, queryOf(event, listToolsSchema));
      return revalidatedResponse(presentToolPage(page), headerOf(event, 'if-none-match'));
    },
    'GET /v1/resources': async ({ principal, event }) => {
      const page = await listResources(principal.tenantId, queryOf(event, listOffersSchema));
      return revalidatedResponse(presentOfferPage('resources', page), headerOf(event, 'if-none-match'));
    },
    'GET /v1/resource-templates': async ({ principal, event }) => {
      const page = await listResourceTemplates(principal.tenantId, queryOf(event, listOffersSchema));
      return revalidatedResponse(presentOfferPage('resourceTemplates', page), headerOf(event, 'if-none-match'));
    },
    'GET /v1/prompts': async ({ principal, event }) => {
      const page = await listPrompts(principal.tenantId, queryOf(event, listOffersSchema));
      return revalidatedResponse(presentOfferPage('prompts', page), headerOf(event, 'if-none-match'));
    },
    'GET /v1/permissions': async ({ principal }) => {
      const { permissions, version } = await config.readPermissions(principal.tenantId);
      return jsonResponse(200, permissions, { etag: entityTag({ id: PERMISSIONS_ID, version }) });
    },
    'GET /v1/servers': async ({ principal }) => {
      const { servers } = await freshConfig.read(principal.tenantId);
      return jsonResponse(200, { servers: servers.map(presentServer) });
    },
    'GET /v1/admin/servers': async () => {
      const servers = (await listSystemServers()).map(({ server, state }) => ({
        ...presentSystemState(server, state),
        etag: entityTag({ id: systemServerId(server.slug), version: state.version }),
      }));
      return jsonResponse(200, { servers });
    },
    'GET /v1/servers/{slug}': async ({ principal, event }) => {
      const slug = requireSlug(pathParameter(event, 'slug'));
      const { server, catalog: found } = await readServer(principal.tenantId, slug);
      return jsonResponse(200, presentRegistered(server, found), {
        etag: entityTag({ id: server.system ? tenantViewId(slug) : server.serverId, version: server.version }),
      });
    },
  },
  env,
);
