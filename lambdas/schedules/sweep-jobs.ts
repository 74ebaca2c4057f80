import type { Context } from 'aws-lambda';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { DAY_MS } from '../hub/jobs/job.ts';
import { countSweep } from '../hub/jobs/count-sweep.ts';
import { createSweepJobs } from '../hub/jobs/sweep-jobs.ts';
import { readEnv } from '../runtime/env.ts';
import { logger } from '../runtime/logger.ts';
import { createCountReport } from '../runtime/metrics.ts';
import { wireJobQueue } from '../wiring/wire-job-queue.ts';

const env = readEnv('stage', 'jobsTable', 'jobsQueue', 'browserQueue', 'jobRetentionDays', 'awsRegion');
const now = Date.now;
const reportCounts = createCountReport(env.stage);
const sweepJobs = createSweepJobs({
  store: createDynamoJobStore(createDynamoClient(), {
    tableName: env.jobsTable,
    retentionMs: env.jobRetentionDays * DAY_MS,
    now,
  }),
  queue: wireJobQueue(env),
  now,
  random: Math.random,
});

/** Kept back for the page of jobs that is being worked on. */
const MARGIN_MS = 10_000;

/** Moves on the jobs that stand still. What there is no time for is left to the next run. */
export const handler = async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
  const report = await sweepJobs({ at: now() + context.getRemainingTimeInMillis() - MARGIN_MS });
  logger.info('swept jobs', { ...report });
  reportCounts(countSweep(report));
};
