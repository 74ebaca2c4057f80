import { createDynamoCallReader } from '../adapters/dynamo/dynamo-call-reader.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createEgress } from '../adapters/egress/egress.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createLegacySessions } from '../adapters/upstreams/mcp/legacy-sessions.ts';
import { createMcpUpstream } from '../adapters/upstreams/mcp/mcp-upstream.ts';
import { createInvokeTool, invokeSchema } from '../hub/calls/invoke-tool.ts';
import { HubError } from '../hub/hub-error.ts';
import { readEnv } from '../runtime/env.ts';
import { httpHandler } from '../runtime/http/http-handler.ts';
import { bodyOf, pathParameter } from '../runtime/http/request.ts';
import { isDeliverable, jsonResponse } from '../runtime/http/response.ts';

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
  'awsRegion',
);
const now = Date.now;
const tables = { registry: env.registryTable, catalog: env.catalogTable };
const egress = createEgress({
  allowLoopback: env.egressAllowLoopback,
  ports: env.egressPorts.map(Number),
  ownOrigins: env.hubOrigins,
});
const invokeTool = createInvokeTool({
  calls: createDynamoCallReader(createDynamoClient(), tables, now),
  box: createKmsSecretBox({ kms: createKmsClient(), keyArn: env.vaultKey, stage: env.stage, now }),
  upstream: createMcpUpstream({ egress, hubId: env.hubId, sessions: createLegacySessions({ now }), now }),
});

/** `POST /v1/tools/{name}/invoke`: calls a tool and waits for its result. */
export const handler = httpHandler(
  {
    'POST /v1/tools/{name}/invoke': async (request) => {
      const input = bodyOf(request.event, invokeSchema);
      const name = pathParameter(request.event, 'name');
      const result = await invokeTool(request.principal.tenantId, name, input.arguments, request);
      const response = jsonResponse(200, { result });
      if (!isDeliverable(response)) throw resultTooLarge();
      return response;
    },
  },
  env,
);

/** The tool ran, so the caller must not think that nothing happened. */
function resultTooLarge(): HubError {
  return new HubError('upstream_response_too_large', 'the tool ran, and its result is larger than an answer may be', {
    details: { outcome: 'done' },
  });
}
