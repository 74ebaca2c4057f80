import { randomBytes } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoJobStore } from '../adapters/dynamo/dynamo-job-store.ts';
import { createDynamoTaskHandleStore } from '../adapters/dynamo/dynamo-task-handle-store.ts';
import { createS3Client, createS3JobResults } from '../adapters/s3-job-results.ts';
import { createSqsClient, createSqsJobQueue } from '../adapters/sqs-job-queue.ts';
import type { CallReader } from '../hub/calls/call-reader.ts';
import type { CallDependencies } from '../hub/calls/call-tool.ts';
import { createCancelJob } from '../hub/jobs/cancel-job.ts';
import { DAY_MS } from '../hub/jobs/job.ts';
import { createJobId } from '../hub/jobs/job-id.ts';
import { createReadJob } from '../hub/jobs/read-job.ts';
import { createSubmitJob } from '../hub/jobs/submit-job.ts';
import { createLimitJobs } from '../hub/limits/limit-jobs.ts';
import type { RateLimiter } from '../hub/limits/rate-limiter.ts';
import { createAllTasks } from '../hub/tasks/all-tasks.ts';
import { createBridgeTask } from '../hub/tasks/bridge-task.ts';
import { createBridgedTasks } from '../hub/tasks/bridged-tasks.ts';
import { createJobTasks } from '../hub/tasks/job-tasks.ts';
import { createStartTask } from '../hub/tasks/start-task.ts';
import type { Tasks } from '../hub/tasks/task.ts';
import { createHandleId } from '../hub/tasks/task-handle.ts';

/** Settings of a function that gives tasks. */
export interface TaskSettings {
  readonly tenantJobsPerMinute: number;
  readonly jobsTable: string;
  readonly jobsQueue: string;
  readonly resultsBucket: string;
  readonly jobRetentionDays: number;
}

export interface TaskParts extends CallDependencies {
  readonly dynamo: DynamoDBClient;
  readonly now: () => number;
  readonly limiter: RateLimiter;
  /** Takes each contact with a server from its limits. */
  readonly calls: CallReader;
}

export interface WiredTasks {
  readonly startTask: ReturnType<typeof createStartTask>;
  readonly bridgeTask: ReturnType<typeof createBridgeTask>;
  readonly tasks: Tasks;
}

/** Tasks, over the hub's jobs and over those of servers. */
export function wireTasks(env: TaskSettings, { dynamo, now, limiter, ...parts }: TaskParts): WiredTasks {
  const { jobsTable: tableName, jobRetentionDays } = env;
  const retentionMs = jobRetentionDays * DAY_MS;
  const store = createDynamoJobStore(dynamo, { tableName, retentionMs, now });
  const handles = createDynamoTaskHandleStore(dynamo, { tableName, now });
  const queue = createSqsJobQueue(createSqsClient(), env.jobsQueue);
  const submitJob = createSubmitJob({ store, queue, now, newJobId: () => createJobId(now(), randomBytes) });
  const readJob = createReadJob({ store, results: createS3JobResults(createS3Client(), env.resultsBucket) });
  const limitJobs = createLimitJobs({ limiter, perMinute: env.tenantJobsPerMinute });
  const cancelJob = createCancelJob({ store, now });
  return {
    startTask: createStartTask({ limitJobs, submitJob, retentionMs }),
    bridgeTask: createBridgeTask({ handles, newHandleId: () => createHandleId(randomBytes), now, retentionMs }),
    tasks: createAllTasks({
      jobs: createJobTasks({ store, readJob, cancelJob, retentionMs }),
      bridged: createBridgedTasks({ ...parts, handles }),
    }),
  };
}
