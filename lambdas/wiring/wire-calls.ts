import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoCallReader } from '../adapters/dynamo/dynamo-call-reader.ts';
import { createDynamoRateLimiter } from '../adapters/dynamo/dynamo-rate-limiter.ts';
import type { CallReader } from '../hub/calls/call-reader.ts';
import { createLimitCalls } from '../hub/limits/limit-calls.ts';
import { createLimitedCallReader } from '../hub/limits/limited-call-reader.ts';
import type { RateLimiter } from '../hub/limits/rate-limiter.ts';
import { createSystemCalls } from '../hub/system/system-calls.ts';
import { describeError, logger } from '../runtime/logger.ts';

/** Settings of a function that finds tools in order to call them. */
export interface CallSettings {
  readonly registryTable: string;
  readonly catalogTable: string;
  readonly limitsTable: string;
  readonly tenantCallsPerMinute: number;
}

export interface WiredCalls {
  /** Takes the call from its limits with the read. */
  readonly calls: CallReader;
  /** Only says what there is. */
  readonly unlimitedCalls: CallReader;
  readonly limiter: RateLimiter;
}

/** What decides about calls, of a tenant's own servers and of those of the deployment. */
export function wireCalls(env: CallSettings, dynamo: DynamoDBClient, now: () => number): WiredCalls {
  const tables = { registry: env.registryTable, catalog: env.catalogTable };
  const unlimitedCalls = createSystemCalls(createDynamoCallReader(dynamo, tables, now));
  const limiter = createDynamoRateLimiter(dynamo, { tableName: env.limitsTable, now });
  const limitCalls = createLimitCalls({
    limiter,
    tenantPerMinute: env.tenantCallsPerMinute,
    report: (error) => logger.warn('a call was not given back to its limit', describeError(error)),
  });
  return { calls: createLimitedCallReader({ calls: unlimitedCalls, limitCalls }), unlimitedCalls, limiter };
}
