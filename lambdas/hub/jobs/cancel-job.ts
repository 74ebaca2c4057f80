import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import { isEnded, type Job } from './job.ts';
import { cancelRequested } from './job-edges.ts';
import { cancelled } from './job-ends.ts';
import type { JobId } from './job-id.ts';
import { jobFinished, jobNotFound } from './job-refusals.ts';
import type { JobStore } from './job-store.ts';

export interface CancelJobDependencies {
  readonly store: Pick<JobStore, 'get' | 'replace'>;
  readonly now: () => number;
}

/** A worker changes its job every few seconds at most. */
const MAX_TRIES = 10;

/**
 * A queued job never starts; one whose server goes on with it as a task is asked to end that. A running one is aborted
 * within a heartbeat, and how that ends is seen on the job. Cancelling what is cancelled already changes nothing.
 */
export function createCancelJob({ store, now }: CancelJobDependencies) {
  return async (tenantId: TenantId, jobId: JobId): Promise<Job> => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const job = await store.get(tenantId, jobId);
      if (job === undefined) throw jobNotFound();
      const after = cancelling(job, now());
      if (after === job || (await store.replace(job, after))) return after;
    }
    throw new HubError('conflict', 'the job changes at this very moment; try again');
  };
}

function cancelling(job: Job, now: number): Job {
  const isUntouched = job.status === 'queued' && job.delegated === undefined;
  if (isUntouched) return cancelled(job, now);
  if (!isEnded(job)) return job.cancelRequestedAt === undefined ? cancelRequested(job, now) : job;
  if (job.status === 'cancelled') return job;
  throw jobFinished(job);
}
