import { exposeResult } from '../catalog/expose-result.ts';
import { slugOf } from '../catalog/exposed-name.ts';
import type { JsonObject } from '../json.ts';
import type { Job } from './job.ts';

/** A job as answers show it. */
export function presentJob(job: Job, result?: JsonObject): Record<string, unknown> {
  const { jobId, tool, status, attempt, version } = job;
  return {
    jobId,
    tool,
    status,
    attempt,
    version,
    createdAt: isoTime(job.createdAt),
    updatedAt: isoTime(job.updatedAt),
    ...presentState(job),
    ...(result && { result: exposeResult(serverOf(job), result) }),
  };
}

/** The slug of the server that has the job's tool. */
export function serverOf({ tool }: Pick<Job, 'tool'>): string {
  const slug = slugOf(tool);
  if (slug === undefined) throw new Error('the tool of a job was found by its exposed name');
  return slug;
}

function presentState(job: Job): Record<string, unknown> {
  if (job.status === 'queued') {
    const isUnwanted = job.cancelRequestedAt !== undefined;
    return {
      notBefore: isoTime(job.notBefore),
      ...(isUnwanted && { cancelRequested: true }),
      ...(job.error && { lastError: job.error }),
    };
  }
  const ran = {
    ...(job.startedAt !== undefined && { startedAt: isoTime(job.startedAt) }),
    ...(job.progress && { progress: job.progress }),
  };
  if (job.status === 'running') return { ...ran, cancelRequested: job.cancelRequestedAt !== undefined };
  return { ...ran, endedAt: isoTime(job.endedAt), ...(job.error && { error: job.error }) };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
