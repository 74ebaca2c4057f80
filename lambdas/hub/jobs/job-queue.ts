import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { QueuedJob } from './job.ts';
import type { JobId } from './job-id.ts';

/** The longest delay that a queue knows. */
const MAX_DELAY_SECONDS = 900;

/**
 * Tells the workers about jobs, by their ids only: at least once, in any order, and not before the delay.
 * `HubError('unavailable')` when it cannot.
 */
export interface JobQueue {
  send(job: QueuedName, delaySeconds?: number): Promise<void>;
}

/** What a message is made of: the ids, and the tool, which tells whose message it is. */
export interface QueuedName {
  readonly tenantId: TenantId;
  readonly jobId: JobId;
  readonly tool: string;
}

/** Answers whether the message could be sent; if not, the job stays queued until the sweeper sends it. */
export async function enqueue(queue: JobQueue, job: QueuedJob, now: number): Promise<boolean> {
  const seconds = Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil((job.notBefore - now) / 1000)));
  try {
    await queue.send(job, seconds);
    return true;
  } catch (error) {
    if (error instanceof HubError && error.code === 'unavailable') return false;
    throw error;
  }
}
