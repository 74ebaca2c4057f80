import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { createKmsClient } from '../adapters/kms-vault/kms-client.ts';
import { createKmsSecretBox } from '../adapters/kms-vault/kms-secret-box.ts';
import { createS3Client, createS3JobResults } from '../adapters/s3-job-results.ts';
import { JOB_DELIVERIES } from '../contract.ts';
import { createFindTool } from '../hub/calls/find-tool.ts';
import { createServerTasks } from '../hub/calls/server-tasks.ts';
import { HubError } from '../hub/hub-error.ts';
import { createFailPoisoned } from '../hub/jobs/fail-poisoned.ts';
import { DAY_MS } from '../hub/jobs/job.ts';
import { jobIdSchema } from '../hub/jobs/job-id.ts';
import { createRunJob } from '../hub/jobs/run-job.ts';
import { tenantIdSchema } from '../hub/principal.ts';
import type { Upstream } from '../hub/upstreams/upstream.ts';
import { describeError, logger } from '../runtime/logger.ts';
import { queueHandler } from '../runtime/queue-handler.ts';
import { wireCallTool } from './wire-call-tool.ts';
import { type CallSettings, wireCalls } from './wire-calls.ts';
import { type JobQueueSettings, wireJobQueue } from './wire-job-queue.ts';

/** Settings of a function that works on jobs. */
export interface JobWorkerSettings extends CallSettings, JobQueueSettings {
  readonly stage: string;
  readonly jobsTable: string;
  readonly resultsBucket: string;
  readonly jobRetentionDays: number;
  readonly vaultKey: string;
}

export interface JobWorkerParts {
  readonly dynamo: DynamoDBClient;
  readonly now: () => number;
  readonly upstream: Upstream;
}

const messageSchema = z.object({ tenantId: tenantIdSchema, jobId: jobIdSchema });

/** Kept back for storing a result, which may be large. */
const STORING_MS = 30_000;

/** Works on the jobs that a queue tells of, whatever their tools are called by. */
export function wireJobWorker(env: JobWorkerSettings, { dynamo, now, upstream }: JobWorkerParts) {
  const { calls } = wireCalls(env, dynamo, now);
  const { stage, vaultKey: keyArn } = env;
  const box = createKmsSecretBox({ kms: createKmsClient(), keyArn, stage, purpose: 'upstream-config', now });
  const retentionMs = env.jobRetentionDays * DAY_MS;
  const store = createDynamoJobStore(dynamo, { tableName: env.jobsTable, retentionMs, now });
  const patience = {
    random: Math.random,
    pause: (milliseconds: number, signal?: AbortSignal) =>
      delay(milliseconds, undefined, signal && { signal }).catch(() => undefined),
  };
  const runJob = createRunJob({
    ...patience,
    store,
    queue: wireJobQueue(env),
    results: createS3JobResults(createS3Client(), env.resultsBucket),
    findTool: createFindTool({ calls }),
    callTool: wireCallTool(env, { dynamo, box, upstream, now }),
    serverTasks: createServerTasks({ box, upstream }),
    isRepeatable: ({ safeToRepeat }) => safeToRepeat,
    report: (error, { jobId, attempt }) => {
      const level = error instanceof HubError ? 'info' : 'error';
      logger[level]('an attempt failed', { jobId, attempt, ...describeError(error) });
    },
    now,
    newOwner: randomUUID,
  });
  return queueHandler({
    parse: (body) => messageSchema.parse(JSON.parse(body)),
    handle: runJob,
    poison: { deliveries: JOB_DELIVERIES, settle: createFailPoisoned({ ...patience, store, now }) },
    marginMs: STORING_MS,
  });
}
