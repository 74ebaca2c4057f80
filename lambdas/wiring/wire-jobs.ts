import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { createCallAsJob } from '../hub/jobs/call-as-job.ts';
import { createCancelJob } from '../hub/jobs/cancel-job.ts';
import { DAY_MS } from '../hub/jobs/job.ts';
import { createJobId } from '../hub/jobs/job-id.ts';
import type { JobResults } from '../hub/jobs/job-results.ts';
import { createSubmitJob } from '../hub/jobs/submit-job.ts';
import { createLimitJobs } from '../hub/limits/limit-jobs.ts';
import type { RateLimiter } from '../hub/limits/rate-limiter.ts';
import { type JobQueueSettings, wireJobQueue } from './wire-job-queue.ts';

/** Settings of a function that accepts jobs. */
export interface JobSettings extends JobQueueSettings {
  readonly tenantJobsPerMinute: number;
  readonly jobsTable: string;
  readonly jobRetentionDays: number;
}

export interface JobParts {
  readonly dynamo: DynamoDBClient;
  readonly now: () => number;
  readonly limiter: RateLimiter;
  /** Of results that are too large for a table; without it, whoever asked for one is told of the job. */
  readonly results?: Pick<JobResults, 'get'>;
}

/** Accepts jobs, and knows what became of them. */
export function wireJobs(env: JobSettings, { dynamo, now, limiter, results }: JobParts) {
  const retentionMs = env.jobRetentionDays * DAY_MS;
  const store = createDynamoJobStore(dynamo, { tableName: env.jobsTable, retentionMs, now });
  const newJobId = () => createJobId(now(), randomBytes);
  const jobs = {
    limitJobs: createLimitJobs({ limiter, perMinute: env.tenantJobsPerMinute }),
    submitJob: createSubmitJob({ store, queue: wireJobQueue(env), now, newJobId, pause: delay, random: Math.random }),
    cancelJob: createCancelJob({ store, now }),
  };
  const pause = (milliseconds: number, signal: AbortSignal) =>
    delay(milliseconds, undefined, { signal }).catch(() => undefined);
  return { ...jobs, callAsJob: createCallAsJob({ ...jobs, store, results, pause, now }), store, retentionMs };
}
