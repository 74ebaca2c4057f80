import { HubError } from '../hub-error.ts';
import type { EndedJob } from './job.ts';
import { type JobId, jobIdSchema } from './job-id.ts';

export function jobNotFound(): HubError {
  return new HubError('job_not_found', 'there is no such job; finished jobs are kept for some days only');
}

/** A job id out of a path. What cannot be one names no job. */
export function requireJobId(segment: string): JobId {
  const { data } = jobIdSchema.safeParse(segment);
  if (data === undefined) throw jobNotFound();
  return data;
}

export function jobFinished({ status }: EndedJob): HubError {
  return new HubError('job_finished', `the job has ended already; read it to see how`, { details: { status } });
}

export function keyUsedOtherwise(): HubError {
  return new HubError('idempotency_mismatch', 'this Idempotency-Key was used for another request; use a new one');
}
