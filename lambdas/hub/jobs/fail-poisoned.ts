import { HubError } from '../hub-error.ts';
import { insist, type Patience } from './insist.ts';
import { isEnded, type JobStatus } from './job.ts';
import { abandoned } from './job-ends.ts';
import { afterFailure, POISONED } from './job-failure.ts';
import type { JobStore } from './job-store.ts';
import type { JobMessage } from './run-job.ts';

export interface FailPoisonedDependencies extends Patience {
  readonly store: Pick<JobStore, 'salvage' | 'replace'>;
  readonly now: () => number;
}

/**
 * Ends the job of a message that failed at its last delivery, so that it does not look as if it were still to be done. An
 * outage is no poison: when it is over, the sweeper's next message does the job. Answers the status that the job was left in.
 */
export function createFailPoisoned(dependencies: FailPoisonedDependencies) {
  const { store, now, random } = dependencies;
  return async ({ tenantId, jobId }: JobMessage, error: unknown): Promise<JobStatus | undefined> => {
    if (error instanceof HubError && error.code === 'unavailable') return undefined;
    for (;;) {
      const job = await insist(() => store.salvage(tenantId, jobId), dependencies);
      if (job === undefined || isEnded(job)) return job?.status;
      // Somebody else was told of it, and can do something with it.
      if (job.status === 'running' && job.leaseUntil > now()) return job.status;
      const after =
        job.status === 'running' && job.delegated === undefined
          ? afterFailure(job, POISONED, { now: now(), random })
          : abandoned(job, POISONED.error, now());
      if (await insist(() => store.replace(job, after), dependencies)) return after.status;
    }
  };
}
