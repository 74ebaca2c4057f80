import type { createSubmitJob } from '../jobs/submit-job.ts';
import type { JsonObject } from '../json.ts';
import type { createLimitJobs } from '../limits/limit-jobs.ts';
import type { Principal } from '../principal.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import { jobTask } from './job-task.ts';
import type { Task } from './task.ts';

export interface StartTaskDependencies {
  readonly limitJobs: ReturnType<typeof createLimitJobs>;
  readonly submitJob: ReturnType<typeof createSubmitJob>;
  /** How long a job is kept after its end. */
  readonly retentionMs: number;
}

/** Accepts a call as a task: once this has answered, the task can be asked for. */
export function createStartTask({ limitJobs, submitJob, retentionMs }: StartTaskDependencies) {
  return async (
    principal: Principal,
    call: { readonly tool: string; readonly arguments: JsonObject },
    { via, trace }: UpstreamContext,
  ): Promise<Task> => {
    const refusal = await limitJobs(principal.tenantId);
    const { job } = await submitJob(principal, { ...call, idempotencyKey: undefined, refusal, via, trace });
    return jobTask(job, undefined, retentionMs);
  };
}
