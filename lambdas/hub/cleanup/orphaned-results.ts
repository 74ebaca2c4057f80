import { isEnded, type Job } from '../jobs/job.ts';
import type { JobResults, ResultName } from '../jobs/job-results.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { TenantId } from '../principal.ts';
import type { CleanUpTask } from './clean-up.ts';
import { type Page, walkPages } from './walk-pages.ts';

export interface StoredResult extends ResultName {
  readonly tenantId: TenantId;
}

/** The large results of all tenants. What else may be in their place is not among them. */
export interface StoredResults {
  page(cursor: string | undefined): Promise<Page<StoredResult>>;
}

export interface OrphanedResultsDependencies {
  readonly stored: StoredResults;
  readonly results: Pick<JobResults, 'delete'>;
  readonly jobs: Pick<JobStore, 'salvage'>;
  readonly now: () => number;
}

/** Removes results that no job has: their worker died before it could say so, or their job is gone before them. */
export function createRemoveOrphanedResults(dependencies: OrphanedResultsDependencies): CleanUpTask {
  const { stored, results, jobs, now } = dependencies;
  return async (cursor, deadline) => {
    let removed = 0;
    const visit = async (found: readonly StoredResult[]): Promise<void> => {
      const removals = await Promise.all(found.map(removeOrphan));
      removed += removals.filter(Boolean).length;
    };
    const rest = await walkPages(cursor, { read: stored.page, visit, hasTime: () => now() < deadline.at });
    return { counts: { OrphanedResultsRemoved: removed }, rest };
  };

  async function removeOrphan({ tenantId, jobId, attempt }: StoredResult): Promise<boolean> {
    if (isOf(await jobs.salvage(tenantId, jobId), attempt)) return false;
    await results.delete(tenantId, { jobId, attempt });
    return true;
  }
}

/**
 * A job has the result of its last attempt, and may still be about to have it while that runs. No attempt comes again. One
 * whose state cannot be read may have it too.
 */
function isOf(job: Job | undefined, attempt: number): boolean {
  if (job?.attempt !== attempt) return false;
  return isEnded(job) ? job.status === 'succeeded' && job.resultIn !== 'store' : job.status === 'running';
}
