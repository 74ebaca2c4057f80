import { randomBytes } from 'node:crypto';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createS3Client, createS3JobResults } from '../adapters/s3-job-results.ts';
import { createSqsClient, createSqsJobQueue } from '../adapters/sqs-job-queue.ts';
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
import { createCancelJob } from '../hub/jobs/cancel-job.ts';
import { DAY_MS } from '../hub/jobs/job.ts';
import { createJobId } from '../hub/jobs/job-id.ts';
import { createReadJob } from '../hub/jobs/read-job.ts';
import { createSubmitJob } from '../hub/jobs/submit-job.ts';
import { requireSlug } from '../hub/servers/server-refusals.ts';
import { createJobTasks } from '../hub/tasks/job-tasks.ts';
import { createStartTask } from '../hub/tasks/start-task.ts';
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
import { wireUpstream } from '../wiring/wire-upstream.ts';

const env = readEnv(
  'stage',
  'registryTable',
  'catalogTable',
  'limitsTable',
  'tenantCallsPerMinute',
  'jobsTable',
  'jobsQueue',
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
const { calls, unlimitedCalls } = wireCalls(env, dynamo, now);
const vault = { kms, keyArn: env.vaultKey, stage: env.stage, now };
const box = createKmsSecretBox({ ...vault, purpose: 'upstream-config' });
const stateBox = createKmsSecretBox({ ...vault, purpose: 'request-state' });
const { upstream } = wireUpstream(env, { dynamo, now, loadMcp: () => Promise.resolve(wireMcp) });

const retentionMs = env.jobRetentionDays * DAY_MS;
const store = createDynamoJobStore(dynamo, { tableName: env.jobsTable, retentionMs, now });
const submitJob = createSubmitJob({
  store,
  queue: createSqsJobQueue(createSqsClient(), env.jobsQueue),
  now,
  newJobId: () => createJobId(now(), randomBytes),
});
const readJob = createReadJob({ store, results: createS3JobResults(createS3Client(), env.resultsBucket) });

const endpoint = createMcpEndpoint({
  listTools: createListTools({ config, catalog }),
  searchTools: createSearchTools({ config, catalog }),
  listResources: createListResources({ config, catalog }),
  listResourceTemplates: createListResourceTemplates({ config, catalog }),
  listPrompts: createListPrompts({ config, catalog }),
  findTool: createFindTool({ calls }),
  callTool: wireCallTool(env, { dynamo, box, upstream, now }),
  startTask: createStartTask({ submitJob, retentionMs }),
  tasks: createJobTasks({ store, readJob, cancelJob: createCancelJob({ store, now }), retentionMs }),
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
