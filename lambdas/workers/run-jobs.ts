import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { createDynamoCallReader } from '../adapters/dynamo/dynamo-call-reader.ts';
import { createDynamoCircuitStore } from '../adapters/dynamo/dynamo-circuit-store.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { createDynamoRateLimiter } from '../adapters/dynamo/dynamo-rate-limiter.ts';
import { createEgress } from '../adapters/egress/egress.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createS3Client, createS3JobResults } from '../adapters/s3-job-results.ts';
import { createSqsClient, createSqsJobQueue } from '../adapters/sqs-job-queue.ts';
import { createLegacySessions } from '../adapters/upstreams/mcp/legacy-sessions.ts';
import { createMcpUpstream } from '../adapters/upstreams/mcp/mcp-upstream.ts';
import { createCallTool } from '../hub/calls/call-tool.ts';
import { createFindTool } from '../hub/calls/find-tool.ts';
import { DAY_MS } from '../hub/jobs/job.ts';
import { jobIdSchema } from '../hub/jobs/job-id.ts';
import { createRunJob } from '../hub/jobs/run-job.ts';
import { createCircuitBreaker } from '../hub/limits/circuit-breaker.ts';
import { createLimitCalls } from '../hub/limits/limit-calls.ts';
import { createLimitedCallReader } from '../hub/limits/limited-call-reader.ts';
import { tenantIdSchema } from '../hub/principal.ts';
import { readEnv } from '../runtime/env.ts';
import { describeError, logger } from '../runtime/logger.ts';
import { queueHandler } from '../runtime/queue-handler.ts';

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
  'awsRegion',
);
const now = Date.now;
const dynamo = createDynamoClient();
const tables = { registry: env.registryTable, catalog: env.catalogTable };
const egress = createEgress({
  allowLoopback: env.egressAllowLoopback,
  ports: env.egressPorts.map(Number),
  ownOrigins: env.hubOrigins,
});
const limiter = createDynamoRateLimiter(dynamo, { tableName: env.limitsTable, now });
const calls = createLimitedCallReader({
  calls: createDynamoCallReader(dynamo, tables, now),
  limitCalls: createLimitCalls({ limiter, tenantPerMinute: env.tenantCallsPerMinute }),
});
const box = createKmsSecretBox({
  kms: createKmsClient(),
  keyArn: env.vaultKey,
  stage: env.stage,
  purpose: 'upstream-config',
  now,
});
const upstream = createCircuitBreaker({
  upstream: createMcpUpstream({ egress, hubId: env.hubId, sessions: createLegacySessions({ now }), now }),
  circuits: createDynamoCircuitStore(dynamo, env.limitsTable),
  now,
  report: (error) => logger.warn('the outcome of a call was not noted', describeError(error)),
});

const runJob = createRunJob({
  store: createDynamoJobStore(dynamo, {
    tableName: env.jobsTable,
    retentionMs: env.jobRetentionDays * DAY_MS,
    now,
  }),
  queue: createSqsJobQueue(createSqsClient(), env.jobsQueue),
  results: createS3JobResults(createS3Client(), env.resultsBucket),
  findTool: createFindTool({ calls }),
  callTool: createCallTool({ box, upstream }),
  // Nothing says yet that a tool may be called twice.
  isRepeatable: () => false,
  now,
  random: Math.random,
  newOwner: randomUUID,
  pause: (milliseconds, signal) => delay(milliseconds, undefined, signal && { signal }).catch(() => undefined),
});

const messageSchema = z.object({ tenantId: tenantIdSchema, jobId: jobIdSchema });

/** Kept back for storing a result, which may be large. */
const STORING_MS = 30_000;

/** Works on the jobs that the queue tells of. */
export const handler = queueHandler({
  parse: (body) => messageSchema.parse(JSON.parse(body)),
  handle: runJob,
  marginMs: STORING_MS,
});
