import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { Job } from './job.ts';
import type { JobId } from './job-id.ts';
import { jobNotFound } from './job-refusals.ts';
import type { JobResults } from './job-results.ts';
import type { JobStore } from './job-store.ts';

export interface ReadJobDependencies {
  readonly store: Pick<JobStore, 'salvage' | 'readResult'>;
  readonly results: Pick<JobResults, 'get'>;
}

export interface JobWithResult {
  readonly job: Job;
  readonly result: JsonObject | undefined;
}

/** A job, and its result once it has succeeded. A result that has expired just before its job is a job not found. */
export function createReadJob({ store, results }: ReadJobDependencies) {
  return async (tenantId: TenantId, jobId: JobId): Promise<JobWithResult> => {
    const job = await store.salvage(tenantId, jobId);
    if (job === undefined) throw jobNotFound();
    if (job.status !== 'succeeded') return { job, result: undefined };
    const { attempt, resultIn } = job;
    const result = await (resultIn === 'store'
      ? store.readResult(tenantId, jobId)
      : results.get(tenantId, { jobId, attempt }));
    if (result === undefined) throw jobNotFound();
    return { job, result };
  };
}
