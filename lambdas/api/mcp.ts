import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createCompleteArgument } from '../hub/calls/complete-argument.ts';
import { createFindPrompt } from '../hub/calls/find-prompt.ts';
import { createFindServer } from '../hub/calls/find-server.ts';
import { createFindTool } from '../hub/calls/find-tool.ts';
import { createGetPrompt } from '../hub/calls/get-prompt.ts';
import { createReadResource } from '../hub/calls/read-resource.ts';
import { createRequestStates } from '../hub/calls/request-state.ts';
import { createListPrompts } from '../hub/catalog/list-prompts.ts';
import { createListResources, createListResourceTemplates } from '../hub/catalog/list-resources.ts';
import { createListTools } from '../hub/catalog/list-tools.ts';
import { createSearchTools } from '../hub/catalog/search-tools.ts';
import { HubError } from '../hub/hub-error.ts';
import { requireSlug } from '../hub/servers/server-refusals.ts';
import { createMcpEndpoint } from '../mcp/mcp-endpoint.ts';
import { createShownServer } from '../mcp/shown-server.ts';
import { readEnv } from '../runtime/env.ts';
import { pathParameter } from '../runtime/http/request.ts';
import { streamingHandler, type StreamingRequest } from '../runtime/http/streaming-handler.ts';
import { describeError, logger } from '../runtime/logger.ts';
import { wireCallTool } from '../wiring/wire-call-tool.ts';
import { wireCalls } from '../wiring/wire-calls.ts';
import { wireLists } from '../wiring/wire-lists.ts';
import { wireMcp } from '../wiring/wire-mcp.ts';
import { wireTasks } from '../wiring/wire-tasks.ts';
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
  'resultsBucket',
  'jobRetentionDays',
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
const kms = createKmsClient();
const { config, catalog } = wireLists(env, dynamo, now);
const { calls, unlimitedCalls, limiter } = wireCalls(env, dynamo, now);
const vault = { kms, keyArn: env.vaultKey, stage: env.stage, now };
const box = createKmsSecretBox({ ...vault, purpose: 'upstream-config' });
const stateBox = createKmsSecretBox({ ...vault, purpose: 'request-state' });
const { upstream } = wireUpstream(env, { dynamo, now, loadMcp: () => Promise.resolve(wireMcp) });

const endpoint = createMcpEndpoint({
  listTools: createListTools({ config, catalog }),
  searchTools: createSearchTools({ config, catalog }),
  listResources: createListResources({ config, catalog }),
  listResourceTemplates: createListResourceTemplates({ config, catalog }),
  listPrompts: createListPrompts({ config, catalog }),
  findTool: createFindTool({ calls }),
  callTool: wireCallTool(env, { dynamo, box, upstream, now }),
  ...wireTasks(env, { dynamo, now, limiter, calls, box, upstream }),
  findServer: createFindServer({ calls }),
  readResource: createReadResource({ box, upstream }),
  findPrompt: createFindPrompt({ calls, catalog }),
  getPrompt: createGetPrompt({ box, upstream }),
  completeArgument: createCompleteArgument({ box, upstream }),
  // To say what there is is no call of it.
  describeTool: createFindTool({ calls: unlimitedCalls }),
  shown: createShownServer(unlimitedCalls),
  states: createRequestStates({ box: stateBox, now }),
  report: (error) => {
    if (error instanceof HubError) logger.info('refused', { code: error.code, ...describeError(error) });
    else logger.warn('not answered as asked', describeError(error));
  },
});

const answer = ({ principal, deadline, via, web, json }: StreamingRequest, slug: string | undefined) =>
  endpoint(web, json, { principal, slug, query: new URL(web.url).searchParams, deadline, via });

/** The MCP endpoints: of everything that the caller's tenant has, and of one server. */
export const handler = streamingHandler(
  {
    'POST /mcp': (request) => answer(request, undefined),
    'POST /servers/{slug}/mcp': (request) => answer(request, requireSlug(pathParameter(request.event, 'slug'))),
  },
  env,
);
