import { fileURLToPath } from 'node:url';
import type { FunctionModel } from '../../local/template/stack-model.ts';

/** A function of the local runtime whose bundle is one of `test/support/functions/`. */
export function functionModel(
  bundle: 'plain' | 'streaming' | 'broken',
  overrides: Partial<FunctionModel> = {},
): FunctionModel {
  return {
    logicalId: bundle,
    functionName: `test-${bundle}`,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:test-${bundle}`,
    handler: 'index.handler',
    codeDirectory: fileURLToPath(new URL(`functions/${bundle}/`, import.meta.url)),
    environment: { STAGE: 'test' },
    timeoutSeconds: 10,
    memoryMb: 128,
    reservedConcurrency: undefined,
    logGroupName: `/aws/lambda/test-${bundle}`,
    role: { logicalId: 'Role', arn: 'arn:aws:iam::000000000000:role/test', policies: [] },
    permissions: [{ principal: 'apigateway.amazonaws.com', sourceArn: undefined }],
    asynchronous: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600, onFailureQueueArn: undefined },
    ...overrides,
  };
}
