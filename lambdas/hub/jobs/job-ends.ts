import type { EndedJob, JobError, QueuedJob, RunningJob } from './job.ts';
import { type Ending, ended } from './job-edges.ts';

type OpenJob = QueuedJob | RunningJob;

/** An end without a result that says how it was, unless a call without an answer forbids to say that nothing happened. */
export function endedWithout(job: OpenJob, ending: Exclude<Ending, { status: 'succeeded' }>, now: number): EndedJob {
  return job.unanswered ? endedUnknown(job, ending.error, now) : ended(job, ending, now);
}

/** The call may have taken effect; the error is why nobody knows. */
export function endedUnknown(job: OpenJob, error: JobError, now: number): EndedJob {
  return ended(job, { status: 'unknown', error: unknownOutcome(job, error) }, now);
}

/** As asked. */
export function cancelled(job: OpenJob, now: number): EndedJob {
  return endedWithout(job, { status: 'cancelled', error: CANCELLED }, now);
}

/** Nothing more is done with it. What a server works on may still take effect. */
export function abandoned(job: OpenJob, error: JobError, now: number): EndedJob {
  if (job.delegated !== undefined) return endedUnknown(job, error, now);
  return endedWithout(job, { status: 'failed', error }, now);
}

/** A day has passed. What a server works on may still take effect. */
export function overdue(job: OpenJob, now: number): EndedJob {
  if (job.delegated !== undefined) return endedUnknown(job, WORKED_ON, now);
  return endedWithout(job, { status: 'expired', error: EXPIRED }, now);
}

export const WORKED_ON: JobError = { code: 'upstream_timeout', message: 'the server still works on it' };
const CANCELLED: JobError = { code: 'cancelled', message: 'the job was cancelled' };
const EXPIRED: JobError = {
  code: 'expired',
  message: 'the job could not be done within a day; submit it again',
};

function unknownOutcome({ cancelRequestedAt }: OpenJob, { code, message, details }: JobError): JobError {
  const why = cancelRequestedAt === undefined ? message : 'the job was cancelled while the server worked on it';
  return {
    code: cancelRequestedAt === undefined ? code : 'cancelled',
    message: `the call may have taken effect, check the server before you submit it again: ${why}`,
    ...(details && { details }),
  };
}
