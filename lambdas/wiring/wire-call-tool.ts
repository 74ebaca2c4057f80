import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDurationStore } from '../adapters/dynamo/dynamo-duration-store.ts';
import { type CallDependencies, createCallTool } from '../hub/calls/call-tool.ts';
import { createTimedCall } from '../hub/calls/timed-call.ts';
import { describeError, logger } from '../runtime/logger.ts';

export interface CallToolParts extends CallDependencies {
  readonly dynamo: DynamoDBClient;
  readonly now: () => number;
}

/** Calls tools, and learns how long they take. */
export function wireCallTool(env: { readonly catalogTable: string }, { dynamo, now, ...parts }: CallToolParts) {
  return createTimedCall({
    callTool: createCallTool(parts),
    durations: createDynamoDurationStore(dynamo, env.catalogTable),
    now,
    report: (error) => logger.warn('how long a call took was not noted', describeError(error)),
  });
}
