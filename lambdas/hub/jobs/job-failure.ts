import { HubError, type HubErrorCode } from '../hub-error.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { type EndedJob, type JobError, MAX_TRIES, type QueuedJob, type RunningJob } from './job.ts';
import { ended, isOverdue, released } from './job-edges.ts';

/** How an attempt failed. */
export interface Failure {
  readonly error: JobError;
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
 * What becomes of a running job whose attempt failed: the first row that fits. "May have happened" is a call that was sent,
 * whose answer is missing, and whose tool is not marked safe to repeat.
 *
 * | may have happened                              | unknown                              |
 * | cancellation was asked for                     | cancelled                            |
 * | a day has passed                               | expired                              |
 * | a limit of calls or an open circuit refused it | queued until it allows, not counted  |
 * | another attempt may help, fewer than 5 made    | queued with full jitter              |
 * | all else                                       | failed, with the code of the failure |
 *
 * An answer that arrives is the truth, even after cancellation was asked for: then the job succeeds.
 */
export function afterFailure(job: RunningJob, failure: Failure, at: Circumstances): QueuedJob | EndedJob {
  const { now } = at;
  const { error, remedy } = failure;
  if (mayHaveHappened(job, failure)) return ended(job, { status: 'unknown', error: unknownOutcome(job, error) }, now);
  if (job.cancelRequestedAt !== undefined) return ended(job, { status: 'cancelled', error: CANCELLED }, now);
  if (isOverdue(job, now)) return ended(job, { status: 'expired', error: EXPIRED }, now);
  if (remedy === 'wait') {
    const notBefore = now + (failure.afterMs ?? WAIT_MS) + Math.ceil(at.random() * WAIT_SPREAD_MS);
    return released(job, { error, notBefore, waited: true }, now);
  }
  const tries = job.attempt - job.waits;
  if (remedy === 'none' || tries >= MAX_TRIES) return ended(job, { status: 'failed', error }, now);
  const longest = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** tries);
  return released(job, { error, notBefore: now + Math.ceil(at.random() * longest), waited: false }, now);
}

/** What is thrown by finding or calling a tool, as the failure of the attempt. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof HubError)) return { error: DEFECT, ambiguous: true, remedy: 'none' };
  const failed = jobError(error);
  if (error.details['outcome'] === 'unknown') return { error: failed, ambiguous: true, remedy: 'retry' };
  const remedy = REMEDIES[error.code] ?? 'none';
  const seconds = error.retryAfterSeconds;
  return { error: failed, ambiguous: false, remedy, ...(seconds !== undefined && { afterMs: seconds * 1000 }) };
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

export const CANCELLED: JobError = { code: 'cancelled', message: 'the job was cancelled' };
export const EXPIRED: JobError = {
  code: 'expired',
  message: 'the job could not be done within a day; submit it again',
};

const DEFECT: JobError = { code: 'internal', message: 'the hub failed; the job id helps us find out why' };

/** Where nothing says how long. */
const WAIT_MS = 30_000;
/** Jobs that wait for the same limit do not come back at the same moment. */
const WAIT_SPREAD_MS = 5_000;
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

function mayHaveHappened({ sentAt, repeatable }: RunningJob, { ambiguous }: Failure): boolean {
  return sentAt !== undefined && ambiguous && !repeatable;
}

function unknownOutcome({ cancelRequestedAt }: RunningJob, { code, message, details }: JobError): JobError {
  const why = cancelRequestedAt === undefined ? message : 'the job was cancelled while the server worked on it';
  return {
    code: cancelRequestedAt === undefined ? code : 'cancelled',
    message: `the call may have taken effect and is not repeated, check the server before you submit it again: ${why}`,
    ...(details && { details }),
  };
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
