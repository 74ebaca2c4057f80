import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createS3Client, createS3JobResults } from '../adapters/s3-job-results.ts';
import { createSqsClient, createSqsJobQueue } from '../adapters/sqs-job-queue.ts';
import { JOB_DELIVERIES } from '../contract.ts';
import { createServerTasks } from '../hub/calls/server-tasks.ts';
import { createFindTool } from '../hub/calls/find-tool.ts';
import { createFailPoisoned } from '../hub/jobs/fail-poisoned.ts';
import { DAY_MS } from '../hub/jobs/job.ts';
import { jobIdSchema } from '../hub/jobs/job-id.ts';
import { createRunJob } from '../hub/jobs/run-job.ts';
import { tenantIdSchema } from '../hub/principal.ts';
import { readEnv } from '../runtime/env.ts';
import { queueHandler } from '../runtime/queue-handler.ts';
import { wireCallTool } from '../wiring/wire-call-tool.ts';
import { wireCalls } from '../wiring/wire-calls.ts';
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
  'awsRegion',
);
const now = Date.now;
const dynamo = createDynamoClient();
const { calls } = wireCalls(env, dynamo, now);
const box = createKmsSecretBox({
  kms: createKmsClient(),
  keyArn: env.vaultKey,
  stage: env.stage,
  purpose: 'upstream-config',
  now,
});
const { upstream } = wireUpstream(env, { dynamo, now, loadMcp: () => Promise.resolve(wireMcp) });

const store = createDynamoJobStore(dynamo, {
  tableName: env.jobsTable,
  retentionMs: env.jobRetentionDays * DAY_MS,
  now,
});
const patience = {
  random: Math.random,
  pause: (milliseconds: number, signal?: AbortSignal) =>
    delay(milliseconds, undefined, signal && { signal }).catch(() => undefined),
};
const runJob = createRunJob({
  ...patience,
  store,
  queue: createSqsJobQueue(createSqsClient(), env.jobsQueue),
  results: createS3JobResults(createS3Client(), env.resultsBucket),
  findTool: createFindTool({ calls }),
  callTool: wireCallTool(env, { dynamo, box, upstream, now }),
  serverTasks: createServerTasks({ box, upstream }),
  isRepeatable: ({ safeToRepeat }) => safeToRepeat,
  now,
  newOwner: randomUUID,
});

const messageSchema = z.object({ tenantId: tenantIdSchema, jobId: jobIdSchema });

/** Kept back for storing a result, which may be large. */
const STORING_MS = 30_000;

/** Works on the jobs that the queue tells of. */
export const handler = queueHandler({
  parse: (body) => messageSchema.parse(JSON.parse(body)),
  handle: runJob,
  poison: { deliveries: JOB_DELIVERIES, settle: createFailPoisoned({ ...patience, store, now }) },
  marginMs: STORING_MS,
});
