import * as z from 'zod/mini';
import { createDynamoCatalogParts } from '../adapters/dynamo/dynamo-catalog-parts.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { createDynamoServerReader } from '../adapters/dynamo/dynamo-server-reader.ts';
import { createS3Client, createS3JobResults } from '../adapters/s3-job-results.ts';
import { createS3StoredResults } from '../adapters/s3-stored-results.ts';
import { createSqsCleanupQueue } from '../adapters/sqs-cleanup-queue.ts';
import { createSqsClient, createSqsJobQueue } from '../adapters/sqs-job-queue.ts';
import { CLEANUP_TASKS, createCleanUp } from '../hub/cleanup/clean-up.ts';
import { createRemoveOrphanedCatalogs } from '../hub/cleanup/orphaned-catalogs.ts';
import { createRemoveOrphanedResults } from '../hub/cleanup/orphaned-results.ts';
import { createSweepStuckJobs } from '../hub/cleanup/stuck-jobs.ts';
import { DAY_MS } from '../hub/jobs/job.ts';
import { createSweepJobs } from '../hub/jobs/sweep-jobs.ts';
import { readEnv } from '../runtime/env.ts';
import { createCountReport } from '../runtime/metrics.ts';
import { queueHandler } from '../runtime/queue-handler.ts';

const env = readEnv(
  'stage',
  'registryTable',
  'catalogTable',
  'jobsTable',
  'jobsQueue',
  'browserQueue',
  'resultsBucket',
  'jobRetentionDays',
  'cleanupQueue',
  'awsRegion',
);
const now = Date.now;
const [dynamo, s3, sqs] = [createDynamoClient(), createS3Client(), createSqsClient()];
const reportCounts = createCountReport(env.stage);
const jobs = createDynamoJobStore(dynamo, {
  tableName: env.jobsTable,
  retentionMs: env.jobRetentionDays * DAY_MS,
  now,
});
const sweepJobs = createSweepJobs({
  store: jobs,
  queue: createSqsJobQueue(sqs, { calls: env.jobsQueue, browser: env.browserQueue }),
  now,
  random: Math.random,
});

const cleanUp = createCleanUp({
  queue: createSqsCleanupQueue(sqs, env.cleanupQueue),
  tasks: {
    jobs: createSweepStuckJobs(sweepJobs),
    catalogs: createRemoveOrphanedCatalogs({
      parts: createDynamoCatalogParts(dynamo, env.catalogTable),
      servers: createDynamoServerReader(dynamo, env.registryTable),
      now,
    }),
    results: createRemoveOrphanedResults({
      stored: createS3StoredResults(s3, env.resultsBucket),
      results: createS3JobResults(s3, env.resultsBucket),
      jobs,
      now,
    }),
  },
});

const stepSchema = z.object({ task: z.enum(CLEANUP_TASKS), cursor: z.optional(z.string()) });

/** Kept back for the page that is being worked on. */
const MARGIN_MS = 60_000;

/** Takes the steps of a cleanup that the queue tells of. */
export const handler = queueHandler({
  parse: (body) => stepSchema.parse(JSON.parse(body)),
  async handle(step, deadline) {
    const { counts, rest } = await cleanUp(step, deadline);
    reportCounts({ ...counts, CleanupStepsLeft: Number(rest !== undefined) });
    return { task: step.task, ...counts, more: rest !== undefined };
  },
  marginMs: MARGIN_MS,
});
