import { createDynamoCatalogReader } from '../adapters/dynamo/dynamo-catalog-reader.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createFetchPrompt, fetchPromptSchema } from '../hub/calls/fetch-prompt.ts';
import { createFetchResource, fetchResourceSchema } from '../hub/calls/fetch-resource.ts';
import { createFindTool } from '../hub/calls/find-tool.ts';
import { invokeSchema } from '../hub/calls/invocation.ts';
import { idempotencyKeyOf } from '../hub/jobs/idempotency-key.ts';
import { createInvokeOrSubmit } from '../hub/jobs/invoke-or-submit.ts';
import { readEnv } from '../runtime/env.ts';
import { httpHandler } from '../runtime/http/http-handler.ts';
import { bodyOf, headerLinesOf, pathParameter } from '../runtime/http/request.ts';
import { invokedResponse, promptResponse, resourceResponse } from '../runtime/http/result-response.ts';
import { wireCallTool } from '../wiring/wire-call-tool.ts';
import { wireCalls } from '../wiring/wire-calls.ts';
import { wireJobs } from '../wiring/wire-jobs.ts';
import { wireMcp } from '../wiring/wire-mcp.ts';
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
const { calls, unlimitedCalls, limiter } = wireCalls(env, dynamo, now);
const dependencies = {
  calls,
  catalog: createDynamoCatalogReader(dynamo, env.catalogTable, now),
  box: createKmsSecretBox({
    kms: createKmsClient(),
    keyArn: env.vaultKey,
    stage: env.stage,
    purpose: 'upstream-config',
    now,
  }),
  upstream: wireUpstream(env, { dynamo, now, loadMcp: () => Promise.resolve(wireMcp) }).upstream,
};
const invokeOrSubmit = createInvokeOrSubmit({
  findTool: createFindTool({ calls }),
  describeTool: createFindTool({ calls: unlimitedCalls }),
  callTool: wireCallTool(env, { dynamo, now, ...dependencies }),
  ...wireJobs(env, { dynamo, now, limiter }),
});
const fetchResource = createFetchResource(dependencies);
const fetchPrompt = createFetchPrompt(dependencies);

/** Everything that asks a server, and waits for its answer unless the caller would rather not. */
export const handler = httpHandler(
  {
    'POST /v1/tools/{name}/invoke': async (request) => {
      const input = bodyOf(request.event, invokeSchema);
      const tool = pathParameter(request.event, 'name');
      const call = {
        ...input,
        tool,
        idempotencyKey: idempotencyKeyOf(headerLinesOf(request.event, 'idempotency-key')),
      };
      return invokedResponse(request.event, await invokeOrSubmit(request.principal, call, request));
    },
    'POST /v1/resources/read': async (request) => {
      const { uri } = bodyOf(request.event, fetchResourceSchema);
      return resourceResponse(uri, await fetchResource(request.principal.tenantId, uri, request));
    },
    'POST /v1/prompts/{name}/get': async (request) => {
      const input = bodyOf(request.event, fetchPromptSchema);
      const name = pathParameter(request.event, 'name');
      return promptResponse(await fetchPrompt(request.principal.tenantId, name, input.arguments, request));
    },
  },
  env,
);
