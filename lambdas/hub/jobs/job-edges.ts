import type { TenantId } from '../principal.ts';
import type { Progress } from '../upstreams/upstream.ts';
import {
  type Delegation,
  type EndedJob,
  type EndStatus,
  type JobError,
  JOB_LIFETIME_MS,
  type QueuedJob,
  type RunningJob,
} from './job.ts';
import type { JobId } from './job-id.ts';

/**
 * Every edge of the state machine, as the state that follows. A store replaces a state only by one that was made from it,
 * so that nothing can happen between an edge's decision and its write.
 */

/** After so long without a sign of it, a worker is taken for lost. */
export const LEASE_MS = 30_000;
/** A message that is not picked up within this time may be lost. Longer each time: perhaps the queue is just long. */
const PICKUP_MS = 60_000;
const MAX_PICKUP_MS = 15 * 60_000;

export interface NewJob {
  readonly tenantId: TenantId;
  readonly jobId: JobId;
  readonly subject: string;
  readonly tool: string;
}

export function created(job: NewJob, now: number): QueuedJob {
  const counts = { version: 1, attempt: 0, waits: 0 };
  const open = { delegated: undefined, cancelRequestedAt: undefined, unanswered: false };
  const queue = { notBefore: now, pickupBy: now + PICKUP_MS, resends: 0, error: undefined };
  return { ...job, ...counts, status: 'queued', createdAt: now, updatedAt: now, ...open, ...queue };
}

/** Its message is sent once more. */
export function resent(job: QueuedJob, now: number): QueuedJob {
  const patience = Math.min(PICKUP_MS * 2 ** (job.resends + 1), MAX_PICKUP_MS);
  const pickupBy = Math.max(now, job.notBefore) + patience;
  return { ...job, version: job.version + 1, updatedAt: now, resends: job.resends + 1, pickupBy };
}

/** Whether a worker may start it; one that nobody wants any more ends by the sweeper. */
export function isClaimable(job: QueuedJob, now: number): boolean {
  return job.notBefore <= now && !isOverdue(job, now);
}

export function isOverdue({ createdAt }: { readonly createdAt: number }, now: number): boolean {
  return createdAt + JOB_LIFETIME_MS <= now;
}

export function claimed(job: QueuedJob, owner: string, now: number): RunningJob {
  return {
    ...openOf(job, now),
    attempt: job.attempt + 1,
    status: 'running',
    startedAt: now,
    owner,
    leaseUntil: now + LEASE_MS,
    sentAt: undefined,
    repeatable: false,
    progress: undefined,
  };
}

/** The last state before the upstream is called. */
export function sent(job: RunningJob, repeatable: boolean, now: number): RunningJob {
  return { ...beaten(job, undefined, now), sentAt: now, repeatable };
}

/** The server goes on with the call as a task. */
export function delegated(job: RunningJob, delegation: Delegation, now: number): RunningJob {
  return { ...beaten(job, undefined, now), delegated: delegation };
}

/** The worker lives. */
export function beaten(job: RunningJob, progress: Progress | undefined, now: number): RunningJob {
  const version = job.version + 1;
  return { ...job, version, updatedAt: now, leaseUntil: now + LEASE_MS, progress: progress ?? job.progress };
}

export function cancelRequested<T extends QueuedJob | RunningJob>(job: T, now: number): T {
  return { ...job, version: job.version + 1, updatedAt: now, cancelRequestedAt: job.cancelRequestedAt ?? now };
}

export interface Release {
  readonly error: JobError;
  readonly notBefore: number;
  /** Because of a limit of calls, or because the server still works on its task. */
  readonly waited: boolean;
}

/** Queued again: it had no effect, or another one does no harm, or its task is to be followed. */
export function released(job: RunningJob, { error, notBefore, waited }: Release, now: number): QueuedJob {
  const waits = job.waits + (waited ? 1 : 0);
  return {
    ...openOf(job, now),
    waits,
    status: 'queued',
    notBefore,
    pickupBy: notBefore + PICKUP_MS,
    resends: 0,
    error,
  };
}

export type Ending =
  | { readonly status: 'succeeded'; readonly resultIn: 'store' | 'results' }
  | { readonly status: Exclude<EndStatus, 'succeeded'>; readonly error: JobError };

export function ended(job: QueuedJob | RunningJob, ending: Ending, now: number): EndedJob {
  const ran = job.status === 'running' ? job : undefined;
  return {
    ...baseOf(job, now),
    status: ending.status,
    startedAt: ran?.startedAt,
    endedAt: now,
    owner: ran?.owner,
    resultIn: ending.status === 'succeeded' ? ending.resultIn : undefined,
    error: ending.status === 'succeeded' ? undefined : ending.error,
    progress: ran?.progress,
  };
}

function openOf(job: QueuedJob | RunningJob, now: number) {
  const { delegated: delegation, cancelRequestedAt, unanswered } = job;
  return { ...baseOf(job, now), delegated: delegation, cancelRequestedAt, unanswered };
}

function baseOf(job: QueuedJob | RunningJob, now: number) {
  const { tenantId, jobId, subject, tool, version, attempt, waits, createdAt } = job;
  return { tenantId, jobId, subject, tool, version: version + 1, attempt, waits, createdAt, updatedAt: now };
}
