import { randomBytes } from 'node:crypto';
import { createDynamoCallReader } from '../adapters/dynamo/dynamo-call-reader.ts';
import { createDynamoCatalogStore } from '../adapters/dynamo/dynamo-catalog-store.ts';
import { createDynamoCircuitStore } from '../adapters/dynamo/dynamo-circuit-store.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { createDynamoRateLimiter } from '../adapters/dynamo/dynamo-rate-limiter.ts';
import { createEgress } from '../adapters/egress/egress.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createSqsClient, createSqsJobQueue } from '../adapters/sqs-job-queue.ts';
import { createLegacySessions } from '../adapters/upstreams/mcp/legacy-sessions.ts';
import { createMcpUpstream } from '../adapters/upstreams/mcp/mcp-upstream.ts';
import { createFetchPrompt, fetchPromptSchema } from '../hub/calls/fetch-prompt.ts';
import { createFetchResource, fetchResourceSchema } from '../hub/calls/fetch-resource.ts';
import { createFindTool } from '../hub/calls/find-tool.ts';
import { createInvokeTool, invokeSchema } from '../hub/calls/invoke-tool.ts';
import { idempotencyKeyOf } from '../hub/jobs/idempotency-key.ts';
import { createInvokeOrSubmit } from '../hub/jobs/invoke-or-submit.ts';
import { DAY_MS } from '../hub/jobs/job.ts';
import { createJobId } from '../hub/jobs/job-id.ts';
import { createSubmitJob } from '../hub/jobs/submit-job.ts';
import { createCircuitBreaker } from '../hub/limits/circuit-breaker.ts';
import { createLimitCalls } from '../hub/limits/limit-calls.ts';
import { createLimitedCallReader } from '../hub/limits/limited-call-reader.ts';
import { readEnv } from '../runtime/env.ts';
import { httpHandler } from '../runtime/http/http-handler.ts';
import { bodyOf, headerLinesOf, pathParameter } from '../runtime/http/request.ts';
import { invokedResponse, promptResponse, resourceResponse } from '../runtime/http/result-response.ts';
import { describeError, logger } from '../runtime/logger.ts';

const env = readEnv(
  'stage',
  'registryTable',
  'catalogTable',
  'limitsTable',
  'tenantCallsPerMinute',
  'jobsTable',
  'jobsQueue',
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
const tables = { registry: env.registryTable, catalog: env.catalogTable };
const egress = createEgress({
  allowLoopback: env.egressAllowLoopback,
  ports: env.egressPorts.map(Number),
  ownOrigins: env.hubOrigins,
});
const dynamo = createDynamoClient();
const limiter = createDynamoRateLimiter(dynamo, { tableName: env.limitsTable, now });
const limitCalls = createLimitCalls({ limiter, tenantPerMinute: env.tenantCallsPerMinute });
const calls = createDynamoCallReader(dynamo, tables, now);
const dependencies = {
  calls: createLimitedCallReader({ calls, limitCalls }),
  catalog: createDynamoCatalogStore(dynamo, tables, now),
  box: createKmsSecretBox({
    kms: createKmsClient(),
    keyArn: env.vaultKey,
    stage: env.stage,
    purpose: 'upstream-config',
    now,
  }),
  upstream: createCircuitBreaker({
    upstream: createMcpUpstream({ egress, hubId: env.hubId, sessions: createLegacySessions({ now }), now }),
    circuits: createDynamoCircuitStore(dynamo, env.limitsTable),
    now,
    report: (error) => logger.warn('the outcome of a call was not noted', describeError(error)),
  }),
};
const submitJob = createSubmitJob({
  store: createDynamoJobStore(dynamo, { tableName: env.jobsTable, retentionMs: env.jobRetentionDays * DAY_MS, now }),
  queue: createSqsJobQueue(createSqsClient(), env.jobsQueue),
  now,
  newJobId: () => createJobId(now(), randomBytes),
});
const invokeOrSubmit = createInvokeOrSubmit({
  invokeTool: createInvokeTool(dependencies),
  findTool: createFindTool({ calls }),
  submitJob,
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
