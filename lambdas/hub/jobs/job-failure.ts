import { HubError, type HubErrorCode } from '../hub-error.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { type EndedJob, type JobError, MAX_TRIES, type QueuedJob, type RunningJob } from './job.ts';
import { isOverdue, released } from './job-edges.ts';
import { cancelled, endedUnknown, endedWithout, overdue, WORKED_ON } from './job-ends.ts';

/** How an attempt failed. */
export interface Failure {
  readonly error: JobError;
  /** The server said how its task ended, so that there is nothing to follow any more. */
  readonly conclusive?: true;
  /** Whether a call that was sent may have taken effect all the same. */
  readonly ambiguous: boolean;
  /** What another attempt is worth: nothing, something after a while, or the whole once the hub or the server lets it through. */
  readonly remedy: 'none' | 'retry' | 'wait';
  readonly afterMs?: number;
}

export interface Circumstances {
  readonly now: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * What becomes of a running job whose attempt failed: the first row that fits. "May have happened" is a call that was sent
 * and whose answer is missing.
 *
 * | may have happened, is not safe to repeat       | unknown                              |
 * | cancellation was asked for                     | cancelled                            |
 * | a day has passed                               | expired                              |
 * | a limit of calls or an open circuit refused it | queued until it allows, not counted  |
 * | another attempt may help, fewer than 5 made    | queued with full jitter              |
 * | all else                                       | failed, with the code of the failure |
 *
 * What may have happened once is noted on the job: where the table says cancelled, expired or failed it ends as unknown,
 * whatever a later attempt came to.
 *
 * A job whose server goes on with it as a task is queued again so that the task is followed, and ends as unknown where
 * that would not help; but not when the server itself said that the task failed.
 *
 * An answer that arrives is the truth, even after cancellation was asked for: then the job succeeds.
 */
export function afterFailure(job: RunningJob, failure: Failure, at: Circumstances): QueuedJob | EndedJob {
  if (job.delegated !== undefined && failure.conclusive !== true) return afterLostSight(job, failure, at);
  if (!mayHaveHappened(job, failure)) return settled(job, failure, at);
  if (!job.repeatable) return endedUnknown(job, failure.error, at.now);
  return settled({ ...job, unanswered: true }, failure, at);
}

function settled(job: RunningJob, failure: Failure, at: Circumstances): QueuedJob | EndedJob {
  const { now } = at;
  const { error, remedy } = failure;
  if (job.cancelRequestedAt !== undefined) return cancelled(job, now);
  if (isOverdue(job, now) && failure.conclusive !== true) return overdue(job, now);
  if (remedy === 'wait') return waiting(job, failure, at);
  if (remedy === 'none' || isUsedUp(job)) return endedWithout(job, { status: 'failed', error }, now);
  return triedAgain(job, failure, at);
}

/** The server works on, seen or not: the tool is never called again, and nothing can be said of its effect. */
function afterLostSight(job: RunningJob, failure: Failure, at: Circumstances): QueuedJob | EndedJob {
  if (failure.remedy === 'wait' && !isOverdue(job, at.now)) return waiting(job, failure, at);
  if (!isUsedUp(job) && !isOverdue(job, at.now)) return triedAgain(job, failure, at);
  return endedUnknown(job, failure.error, at.now);
}

function waiting(job: RunningJob, { error, afterMs = WAIT_MS }: Failure, { now, random }: Circumstances): QueuedJob {
  const notBefore = now + afterMs + Math.ceil(random() * waitSpread(job));
  return released(job, { error, notBefore, waited: true }, now);
}

/** What a server works on is looked after again soon. */
function waitSpread({ delegated, waits }: RunningJob): number {
  if (delegated !== undefined) return WAIT_SPREAD_MS;
  return Math.min(LONGEST_WAIT_SPREAD_MS, WAIT_SPREAD_MS * 2 ** waits);
}

function triedAgain(job: RunningJob, { error }: Failure, { now, random }: Circumstances): QueuedJob {
  const longest = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** (job.attempt - job.waits));
  return released(job, { error, notBefore: now + Math.ceil(random() * longest), waited: false }, now);
}

function isUsedUp({ attempt, waits }: RunningJob): boolean {
  return attempt - waits >= MAX_TRIES;
}

/** What is thrown by finding or calling a tool, as the failure of the attempt. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SightLostError) return { ...failureOf(error.cause), remedy: 'wait' };
  if (!(error instanceof HubError)) return { error: DEFECT, ambiguous: true, remedy: 'none' };
  const failed = jobError(error);
  if (error.details['outcome'] === 'unknown') return { error: failed, ambiguous: true, remedy: 'retry' };
  const remedy = REMEDIES[error.code] ?? 'none';
  const seconds = error.retryAfterSeconds;
  return { error: failed, ambiguous: false, remedy, ...(seconds !== undefined && { afterMs: seconds * 1000 }) };
}

/** The task of a server was seen in this attempt, and then no more; the cause says why. */
export class SightLostError extends Error {
  override readonly name = 'SightLostError' as const;
}

/** The worker that had it is gone, and with it what it knew. */
export const WORKER_LOST: Failure = {
  error: {
    code: 'worker_lost',
    message: 'the hub stopped in the middle of this job; submit it again if it is still needed',
  },
  ambiguous: true,
  remedy: 'retry',
};

/** No worker could do anything with it, as often as it was told of it. */
export const POISONED: Failure = {
  error: {
    code: 'poisoned',
    message: 'the hub failed each time that it took this job up; the job id helps us find out why',
  },
  ambiguous: true,
  remedy: 'none',
};

/** Nothing failed, but the worker had to stop before the server's task ended. It goes on at once. */
export const STILL_WORKING: Failure = {
  error: WORKED_ON,
  ambiguous: false,
  remedy: 'wait',
  afterMs: 0,
};

const DEFECT: JobError = { code: 'internal', message: 'the hub failed; the job id helps us find out why' };

/** Where nothing says how long. */
const WAIT_MS = 30_000;
/**
 * Jobs that wait for the same limit do not come back at the same moment. The more there are the more often each has waited,
 * and the wider they spread: over a minute at most, for which a limit saves up what nobody takes.
 */
const WAIT_SPREAD_MS = 5_000;
const LONGEST_WAIT_SPREAD_MS = 60_000;
const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CAP_MS = 5 * 60_000;

/** Of failures before which nothing happened, those that pass. */
const REMEDIES: Readonly<Partial<Record<HubErrorCode, Failure['remedy']>>> = {
  rate_limited: 'wait',
  upstream_rate_limited: 'wait',
  upstream_unavailable: 'wait',
  unavailable: 'retry',
  upstream_unreachable: 'retry',
  upstream_timeout: 'retry',
};

function mayHaveHappened({ sentAt }: RunningJob, { ambiguous }: Failure): boolean {
  return sentAt !== undefined && ambiguous;
}

function jobError({ code, message, details }: HubError): JobError {
  const shown = jsonOf(details);
  return { code, message, ...(Object.keys(shown).length > 0 && { details: shown }) };
}

/** Details are facts to be shown, so that JSON is all that they can be. */
function jsonOf(details: Readonly<Record<string, unknown>>): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(details));
  return isJsonObject(copy) ? copy : {};
}
