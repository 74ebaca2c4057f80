import type { SweepReport } from './sweep-jobs.ts';

/** What a sweep did, as the metrics that operators watch. */
export function countSweep({ settled, unreachable, damaged }: SweepReport): Readonly<Record<string, number>> {
  return {
    JobsRequeued: settled.queued,
    JobsFailed: settled.failed,
    JobsCancelled: settled.cancelled,
    JobsExpired: settled.expired,
    JobsUnknown: settled.unknown,
    JobsUnreachable: unreachable,
    JobsDamaged: damaged,
  };
}
