import { createDynamoCallReader } from '../adapters/dynamo/dynamo-call-reader.ts';
import { createDynamoCatalogStore } from '../adapters/dynamo/dynamo-catalog-store.ts';
import { createDynamoCircuitStore } from '../adapters/dynamo/dynamo-circuit-store.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoRateLimiter } from '../adapters/dynamo/dynamo-rate-limiter.ts';
import { createEgress } from '../adapters/egress/egress.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createLegacySessions } from '../adapters/upstreams/mcp/legacy-sessions.ts';
import { createMcpUpstream } from '../adapters/upstreams/mcp/mcp-upstream.ts';
import { createFetchPrompt, fetchPromptSchema } from '../hub/calls/fetch-prompt.ts';
import { createFetchResource, fetchResourceSchema } from '../hub/calls/fetch-resource.ts';
import { createInvokeTool, invokeSchema } from '../hub/calls/invoke-tool.ts';
import { createCircuitBreaker } from '../hub/limits/circuit-breaker.ts';
import { createLimitCalls } from '../hub/limits/limit-calls.ts';
import { createLimitedCallReader } from '../hub/limits/limited-call-reader.ts';
import { readEnv } from '../runtime/env.ts';
import { httpHandler } from '../runtime/http/http-handler.ts';
import { bodyOf, pathParameter } from '../runtime/http/request.ts';
import { promptResponse, resourceResponse, toolResponse } from '../runtime/http/result-response.ts';
import { describeError, logger } from '../runtime/logger.ts';

const env = readEnv(
  'stage',
  'registryTable',
  'catalogTable',
  'limitsTable',
  'tenantCallsPerMinute',
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
const dependencies = {
  calls: createLimitedCallReader({ calls: createDynamoCallReader(dynamo, tables, now), limitCalls }),
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
const invokeTool = createInvokeTool(dependencies);
const fetchResource = createFetchResource(dependencies);
const fetchPrompt = createFetchPrompt(dependencies);

/** Everything that asks a server and waits for its answer. */
export const handler = httpHandler(
  {
    'POST /v1/tools/{name}/invoke': async (request) => {
      const input = bodyOf(request.event, invokeSchema);
      const name = pathParameter(request.event, 'name');
      return toolResponse(await invokeTool(request.principal.tenantId, name, input.arguments, request));
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
