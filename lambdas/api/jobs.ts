import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { createS3Client, createS3JobResults } from '../adapters/s3-job-results.ts';
import { createCancelJob } from '../hub/jobs/cancel-job.ts';
import { DAY_MS, isEnded } from '../hub/jobs/job.ts';
import { requireJobId } from '../hub/jobs/job-refusals.ts';
import { createListJobs, listJobsSchema } from '../hub/jobs/list-jobs.ts';
import { presentJob } from '../hub/jobs/present-job.ts';
import { createReadJob } from '../hub/jobs/read-job.ts';
import { readEnv } from '../runtime/env.ts';
import { httpHandler } from '../runtime/http/http-handler.ts';
import { headerOf, pathParameter, queryOf } from '../runtime/http/request.ts';
import { jsonResponse } from '../runtime/http/response.ts';
import { jobResponse } from '../runtime/http/result-response.ts';

const env = readEnv(
  'jobsTable',
  'resultsBucket',
  'jobRetentionDays',
  'hubId',
  'corsOrigin',
  'scopePrefix',
  'awsRegion',
);
const now = Date.now;
const store = createDynamoJobStore(createDynamoClient(), {
  tableName: env.jobsTable,
  retentionMs: env.jobRetentionDays * DAY_MS,
  now,
});
const listJobs = createListJobs({ store });
const readJob = createReadJob({ store, results: createS3JobResults(createS3Client(), env.resultsBucket) });
const cancelJob = createCancelJob({ store, now });

/** Jobs as their tenant sees them. */
export const handler = httpHandler(
  {
    'GET /v1/jobs': async ({ principal, event }) => {
      const { jobs, nextCursor } = await listJobs(principal.tenantId, queryOf(event, listJobsSchema));
      return jsonResponse(200, {
        jobs: jobs.map((job) => presentJob(job)),
        ...(nextCursor === undefined ? {} : { nextCursor }),
      });
    },
    'GET /v1/jobs/{id}': async ({ principal, event }) => {
      const { job, result } = await readJob(principal.tenantId, requireJobId(pathParameter(event, 'id')));
      return jobResponse(presentJob(job, result), headerOf(event, 'if-none-match'));
    },
    'DELETE /v1/jobs/{id}': async ({ principal, event }) => {
      const job = await cancelJob(principal.tenantId, requireJobId(pathParameter(event, 'id')));
      // A running one is aborted as soon as its worker hears of it.
      return jsonResponse(isEnded(job) ? 200 : 202, presentJob(job));
    },
  },
  env,
);
