import { randomBytes } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoTaskHandleStore } from '../adapters/dynamo/dynamo-task-handle-store.ts';
import type { CallReader } from '../hub/calls/call-reader.ts';
import type { CallDependencies } from '../hub/calls/call-tool.ts';
import type { createCallAsJob } from '../hub/jobs/call-as-job.ts';
import { createReadJob } from '../hub/jobs/read-job.ts';
import type { RateLimiter } from '../hub/limits/rate-limiter.ts';
import { createAllTasks } from '../hub/tasks/all-tasks.ts';
import { createBridgeTask } from '../hub/tasks/bridge-task.ts';
import { createBridgedTasks } from '../hub/tasks/bridged-tasks.ts';
import { createJobTasks } from '../hub/tasks/job-tasks.ts';
import { createStartTask } from '../hub/tasks/start-task.ts';
import type { Tasks } from '../hub/tasks/task.ts';
import { createHandleId } from '../hub/tasks/task-handle.ts';
import { type JobSettings, wireJobs } from './wire-jobs.ts';
import { wireLargeResults } from './wire-large-results.ts';

/** Settings of a function that gives tasks. */
export interface TaskSettings extends JobSettings {
  readonly resultsBucket: string;
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
  readonly callAsJob: ReturnType<typeof createCallAsJob>;
}

/** Tasks, over the hub's jobs and over those of servers. */
export function wireTasks(env: TaskSettings, { dynamo, now, limiter, ...parts }: TaskParts): WiredTasks {
  const results = wireLargeResults(env.resultsBucket);
  const { store, retentionMs, limitJobs, submitJob, cancelJob, callAsJob } = wireJobs(env, {
    dynamo,
    now,
    limiter,
    results,
  });
  const readJob = createReadJob({ store, results });
  const handles = createDynamoTaskHandleStore(dynamo, { tableName: env.jobsTable, now });
  return {
    callAsJob,
    startTask: createStartTask({ limitJobs, submitJob, retentionMs }),
    bridgeTask: createBridgeTask({ handles, newHandleId: () => createHandleId(randomBytes), now, retentionMs }),
    tasks: createAllTasks({
      jobs: createJobTasks({ store, readJob, cancelJob, retentionMs }),
      bridged: createBridgedTasks({ ...parts, handles }),
    }),
  };
}
