import { HubError } from '../hub-error.ts';
import { dueAt, isEnded, type Job, type JobStatus } from './job.ts';
import { isOverdue, resent } from './job-edges.ts';
import { overdue } from './job-ends.ts';
import { afterFailure, type Circumstances, WORKER_LOST } from './job-failure.ts';
import { enqueue, type JobQueue } from './job-queue.ts';
import type { JobStore } from './job-store.ts';

export interface SweepJobsDependencies {
  readonly store: Pick<JobStore, 'due' | 'replace'>;
  readonly queue: JobQueue;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface SweepReport {
  /** How many jobs were left in each status; those that are queued got a message. */
  readonly settled: Readonly<Record<JobStatus, number>>;
  /** Somebody else changed the job first. */
  readonly raced: number;
  /** The store or the queue could not be reached; the next sweep tries again. */
  readonly unreachable: number;
  /** Jobs whose state cannot be read; they wait for code that can, and end with their day. */
  readonly damaged: number;
  /** There was no time for all; the next sweep goes on. */
  readonly more: boolean;
}

export type SweepJobs = ReturnType<typeof createSweepJobs>;

type Outcome = JobStatus | 'raced' | 'unreachable' | 'damaged';

/**
 * Moves on every job that stands still: sends messages again that may be lost, settles what lost workers left behind, ends
 * what is older than a day. To do it twice or twice at once changes nothing more, and what it did is not due any more: it
 * goes on by starting anew.
 */
export function createSweepJobs(dependencies: SweepJobsDependencies) {
  const { store, now } = dependencies;
  return async (deadline: { readonly at: number }): Promise<SweepReport> => {
    const startedAt = now();
    const counts = new Map<Outcome, number>();
    let cursor: string | undefined;
    do {
      if (now() >= deadline.at) return report(counts, true);
      const page = await store.due(startedAt, cursor);
      const due = page.jobs.filter((job) => (dueAt(job) ?? Infinity) <= startedAt);
      const outcomes = await Promise.all([
        ...due.map((job) => moveOn(dependencies, job)),
        ...page.damaged.map((job) => moveOnDamaged(dependencies, job)),
      ]);
      for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return report(counts, false);
  };
}

async function moveOn({ store, queue, now, random }: SweepJobsDependencies, job: Job): Promise<Outcome> {
  const after = settled(job, { now: now(), random });
  try {
    if (!(await store.replace(job, after))) return 'raced';
    if (after.status === 'queued' && !(await enqueue(queue, after, now()))) return 'unreachable';
    return after.status;
  } catch (error) {
    if (error instanceof HubError && error.code === 'unavailable') return 'unreachable';
    throw error;
  }
}

async function moveOnDamaged(dependencies: SweepJobsDependencies, job: Job): Promise<Outcome> {
  return !isEnded(job) && isOverdue(job, dependencies.now()) ? moveOn(dependencies, job) : 'damaged';
}

function settled(job: Job, at: Circumstances): Job {
  if (isEnded(job)) throw new Error('a job that has ended is never due');
  if (job.status === 'running') return afterFailure(job, WORKER_LOST, at);
  return isOverdue(job, at.now) ? overdue(job, at.now) : resent(job, at.now);
}

function report(counts: ReadonlyMap<Outcome, number>, more: boolean): SweepReport {
  const count = (outcome: Outcome) => counts.get(outcome) ?? 0;
  const settled = {
    queued: count('queued'),
    running: count('running'),
    succeeded: count('succeeded'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    expired: count('expired'),
    unknown: count('unknown'),
  };
  return { settled, raced: count('raced'), unreachable: count('unreachable'), damaged: count('damaged'), more };
}
