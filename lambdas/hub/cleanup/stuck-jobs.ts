import { countSweep } from '../jobs/count-sweep.ts';
import type { SweepJobs } from '../jobs/sweep-jobs.ts';
import type { CleanUpTask } from './clean-up.ts';

/**
 * The sweep of every minute, once more: it ends what is stuck for longer than a day, also on a day on which the sweeper
 * could not. What it moved on is not due any more, so that it needs no cursor.
 */
export function createSweepStuckJobs(sweepJobs: SweepJobs): CleanUpTask {
  return async (_cursor, deadline) => {
    const report = await sweepJobs(deadline);
    return { counts: countSweep(report), rest: report.more ? { cursor: undefined } : undefined };
  };
}
