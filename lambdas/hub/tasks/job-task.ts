import type { HubError } from '../hub-error.ts';
import { type EndedJob, isEnded, type Job, type JobError } from '../jobs/job.ts';
import type { JsonObject } from '../json.ts';
import type { TaskState } from '../upstreams/task.ts';
import type { Task } from './task.ts';

const POLL_INTERVAL_MS = 2_000;
/** Times of expiry are whole seconds. */
const SECOND_MS = 1_000;

/**
 * A job as a task, under the job's id. An end of the job without an answer of its server is a failure of the task; what
 * the tool itself reports as an error is a result. It is kept for the retention from its end on, and so from its creation.
 */
export function jobTask(job: Job, result: JsonObject | undefined, retentionMs: number): Task {
  const { jobId, createdAt, updatedAt } = job;
  return {
    taskId: jobId,
    statusMessage: statusMessageOf(job),
    createdAt,
    updatedAt,
    ttlMs: retentionMs - SECOND_MS,
    pollIntervalMs: POLL_INTERVAL_MS,
    ...stateOf(job, result),
  };
}

function stateOf(job: Job, result: JsonObject | undefined): TaskState<HubError | JobError> {
  if (!isEnded(job)) return { status: 'working' };
  if (job.status === 'cancelled') return { status: 'cancelled' };
  return result === undefined ? { status: 'failed', failure: failureOf(job) } : { status: 'completed', result };
}

/** What the server said before does not matter any more when nobody knows whether the call took effect. */
function failureOf({ status, error }: EndedJob): JobError {
  if (error === undefined) throw new Error('a job without a result has an error');
  const { code, message } = error;
  return status === 'unknown' ? { code, message, details: { outcome: 'unknown' } } : error;
}

function statusMessageOf(job: Job): string | undefined {
  if (isEnded(job)) return undefined;
  if (job.cancelRequestedAt !== undefined) return 'is being cancelled';
  if (job.status === 'queued') return job.error === undefined ? 'waits for its turn' : `waits: ${job.error.message}`;
  const { progress, total, message } = job.progress ?? { progress: undefined };
  if (message !== undefined || progress === undefined) return message;
  return total === undefined ? String(progress) : `${progress} of ${total}`;
}
