import type { JsonObject } from '../json.ts';
import type { EndedJob, Job, RunningJob } from './job.ts';
import type { JobStore } from './job-store.ts';
import { insist, type Patience } from './insist.ts';

export interface HoldDependencies extends Patience {
  readonly store: Pick<JobStore, 'get' | 'replace' | 'complete'>;
}

/** A running job in the hands of the worker that claimed it. One change at a time. */
export interface HeldJob {
  readonly current: () => RunningJob;
  /**
   * Writes the state that follows, made anew from whatever else was written meanwhile. Undefined when the job is not this
   * worker's any more: then nothing was written, and nothing may be.
   */
  change<T extends Job>(edge: (job: RunningJob) => T): Promise<T | undefined>;
  /** The same, with the result. */
  complete(edge: (job: RunningJob) => EndedJob, result: JsonObject): Promise<EndedJob | undefined>;
}

export function holdJob(dependencies: HoldDependencies, claimed: RunningJob): HeldJob {
  const { store } = dependencies;
  let held = claimed;

  async function write<T extends Job>(
    edge: (job: RunningJob) => T,
    replace: (before: RunningJob, after: T) => Promise<boolean>,
  ): Promise<T | undefined> {
    for (;;) {
      const before = held;
      const after = edge(before);
      if (await insist(() => replace(before, after), dependencies)) {
        if (after.status === 'running') held = after;
        return after;
      }
      const now = await insist(() => store.get(held.tenantId, held.jobId), dependencies);
      if (now === undefined || !isSameClaim(now, held)) return undefined;
      held = now;
    }
  }

  return {
    current: () => held,
    change: (edge) => write(edge, store.replace),
    complete: (edge, result) => write(edge, (before, after) => store.complete(before, after, result)),
  };
}

function isSameClaim(job: Job, claim: RunningJob): job is RunningJob {
  return job.status === 'running' && job.attempt === claim.attempt && job.owner === claim.owner;
}
