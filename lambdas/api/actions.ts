import { randomUUID } from 'node:crypto';
import { ACTION_INPUTS } from '../actions/action-inputs.ts';
import { createDynamoCatalogStore } from '../adapters/dynamo/dynamo-catalog-store.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoServerStore } from '../adapters/dynamo/dynamo-server-store.ts';
import { createConnectionRules } from '../adapters/egress/connection-rules.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createFetchPrompt } from '../hub/calls/fetch-prompt.ts';
import { createFetchResource } from '../hub/calls/fetch-resource.ts';
import { createFindTool } from '../hub/calls/find-tool.ts';
import { createChangeServer } from '../hub/catalog/change-server.ts';
import { discoveryContext } from '../hub/catalog/discovery-context.ts';
import { createListPrompts } from '../hub/catalog/list-prompts.ts';
import { createListResources } from '../hub/catalog/list-resources.ts';
import { createListTools } from '../hub/catalog/list-tools.ts';
import { presentOfferPage } from '../hub/catalog/present-offers.ts';
import { presentChanged } from '../hub/catalog/present-registered.ts';
import { presentToolPage } from '../hub/catalog/present-tools.ts';
import { createProbeServer } from '../hub/catalog/probe-server.ts';
import { createRegisterServer, type RegisteredServer } from '../hub/catalog/register-server.ts';
import { createRemoveServer } from '../hub/catalog/remove-server.ts';
import { createStoreDiscovery } from '../hub/catalog/store-discovery.ts';
import { presentServer } from '../hub/servers/present-server.ts';
import { HOUR_MS } from '../hub/servers/refresh-time.ts';
import { requireSlug } from '../hub/servers/server-refusals.ts';
import { idempotencyKeyOf } from '../hub/jobs/idempotency-key.ts';
import { createInvokeOrSubmit } from '../hub/jobs/invoke-or-submit.ts';
import { createRegisteredOnly } from '../hub/system/registered-only.ts';
import { readEnv } from '../runtime/env.ts';
import { action, actionRoute } from '../runtime/http/action-route.ts';
import { httpHandler } from '../runtime/http/http-handler.ts';
import { hubUrlOf } from '../runtime/http/hub-url.ts';
import { entityTag } from '../runtime/http/preconditions.ts';
import { headerLinesOf } from '../runtime/http/request.ts';
import { jsonResponse, noContent } from '../runtime/http/response.ts';
import { invokedResponse, promptResponse, resourceResponse } from '../runtime/http/result-response.ts';
import { wireCallTool } from '../wiring/wire-call-tool.ts';
import { wireCalls } from '../wiring/wire-calls.ts';
import { wireJobs } from '../wiring/wire-jobs.ts';
import { wireLists } from '../wiring/wire-lists.ts';
import { wireUpstream } from '../wiring/wire-upstream.ts';

const env = readEnv(
  'stage',
  'registryTable',
  'catalogTable',
  'limitsTable',
  'tenantCallsPerMinute',
  'tenantJobsPerMinute',
  'jobsTable',
  'jobsQueue',
  'browserQueue',
  'jobRetentionDays',
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
const refreshMs = env.catalogRefreshHours * HOUR_MS;
const tables = { registry: env.registryTable, catalog: env.catalogTable, refreshMs };
const dynamo = createDynamoClient();
const servers = createRegisteredOnly(createDynamoServerStore(dynamo, { tableName: env.registryTable, refreshMs }));
const { config, freshConfig, catalog } = wireLists(env, dynamo, now);
const { calls, unlimitedCalls, limiter } = wireCalls(env, dynamo, now);
const box = createKmsSecretBox({
  kms: createKmsClient(),
  keyArn: env.vaultKey,
  stage: env.stage,
  purpose: 'upstream-config',
  now,
});
/** Lists, which need no server, come as often as calls. */
const loadMcp = async () => (await import('../wiring/wire-mcp.ts')).wireMcp;
const { egress, upstream, discoverer } = wireUpstream(env, { dynamo, now, loadMcp });
const probe = createProbeServer({ upstream: discoverer, now });
const written = createDynamoCatalogStore(dynamo, tables, now);
const storeDiscovery = createStoreDiscovery({ catalog: written, now });

const listTools = createListTools({ config, catalog });
const listResources = createListResources({ config, catalog });
const listPrompts = createListPrompts({ config, catalog });
const invokeOrSubmit = createInvokeOrSubmit({
  findTool: createFindTool({ calls }),
  describeTool: createFindTool({ calls: unlimitedCalls }),
  callTool: wireCallTool(env, { dynamo, box, upstream, now }),
  ...wireJobs(env, { dynamo, now, limiter }),
});
const fetchResource = createFetchResource({ calls, box, upstream });
const fetchPrompt = createFetchPrompt({ calls, catalog, box, upstream });
const removeServer = createRemoveServer({ servers, catalog: written });

/** The state that a caller wants to have changed; undefined when it takes any. */
const expectedOf = (version: number | undefined) => (version === undefined ? undefined : { version });

function changed(status: number, registered: RegisteredServer, headers: Record<string, string> = {}) {
  const { serverId: id, version } = registered.server;
  return jsonResponse(status, presentChanged(registered), { ...headers, etag: entityTag({ id, version }) });
}

const takes = ACTION_INPUTS;

/** What clients of the Edge Function ask for, at the one path that they know: each action is a route by another name. */
const actions = {
  health: action('GET /v1/health', takes.health, async () => jsonResponse(200, { status: 'ok' })),
  list_tools: action('GET /v1/tools', takes.list_tools, async ({ principal }, query) =>
    jsonResponse(200, presentToolPage(await listTools(principal.tenantId, query))),
  ),
  list_resources: action('GET /v1/resources', takes.list_resources, async ({ principal }, query) =>
    jsonResponse(200, presentOfferPage('resources', await listResources(principal.tenantId, query))),
  ),
  list_prompts: action('GET /v1/prompts', takes.list_prompts, async ({ principal }, query) =>
    jsonResponse(200, presentOfferPage('prompts', await listPrompts(principal.tenantId, query))),
  ),
  invoke: action('POST /v1/tools/{name}/invoke', takes.invoke, async (request, { name: tool, ...input }) => {
    const call = { ...input, tool, idempotencyKey: idempotencyKeyOf(headerLinesOf(request.event, 'idempotency-key')) };
    return invokedResponse(request.event, await invokeOrSubmit(request.principal, call, request));
  }),
  get_resource: action('POST /v1/resources/read', takes.get_resource, async (request, { uri }) =>
    resourceResponse(uri, await fetchResource(request.principal.tenantId, uri, request)),
  ),
  get_prompt: action('POST /v1/prompts/{name}/get', takes.get_prompt, async (request, input) =>
    promptResponse(await fetchPrompt(request.principal.tenantId, input.name, input.arguments, request)),
  ),
  list_servers: action('GET /v1/servers', takes.list_servers, async ({ principal }) => {
    const { servers: known } = await freshConfig.read(principal.tenantId);
    return jsonResponse(200, { servers: known.map(presentServer) });
  }),
  add_server: action('POST /v1/servers', takes.add_server, async (request, { force = false, ...input }) => {
    const rules = createConnectionRules(egress, request.ownOrigins);
    const dependencies = { servers, config, box, rules, probe, storeDiscovery, now, newServerId: randomUUID };
    const add = createRegisterServer(dependencies);
    const registered = await add(request.principal.tenantId, input, { force }, discoveryContext(request, now()));
    return changed(201, registered, { location: `${hubUrlOf(request.event)}/v1/servers/${registered.server.slug}` });
  }),
  update_server: action('PATCH /v1/servers/{slug}', takes.update_server, async (request, input) => {
    const { slug, version, force = false, ...change } = input;
    const rules = createConnectionRules(egress, request.ownOrigins);
    const update = createChangeServer({ servers, box, rules, probe, storeDiscovery, now });
    const options = { force, expected: expectedOf(version) };
    const { tenantId } = request.principal;
    return changed(200, await update(tenantId, requireSlug(slug), change, options, discoveryContext(request, now())));
  }),
  delete_server: action('DELETE /v1/servers/{slug}', takes.delete_server, async ({ principal }, { slug, version }) => {
    await removeServer(principal.tenantId, requireSlug(slug), expectedOf(version));
    return noContent();
  }),
};

export const handler = httpHandler({ 'POST /functions/v1/nexus-hub': actionRoute(actions) }, env);
