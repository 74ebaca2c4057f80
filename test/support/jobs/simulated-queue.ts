import { JOB_DELIVERIES } from '../../../lambdas/contract.ts';
import type { JobQueue } from '../../../lambdas/hub/jobs/job-queue.ts';
import type { JobMessage } from '../../../lambdas/hub/jobs/run-job.ts';
import type { World } from './simulated-environment.ts';

export interface SimulatedQueue extends JobQueue {
  /** Messages that are somewhere on their way. */
  readonly inFlight: () => number;
  /** The chaos ends: from now on a message arrives, once and soon. */
  calm: () => void;
}

const VISIBILITY_MS = 12 * 60_000;

/** A queue that repeats, reorders, delays and loses. What it delivers resolves to whether the message is done. */
export function simulatedQueue(
  { time, chance }: World,
  deliver: (message: JobMessage, isLast: boolean) => Promise<boolean>,
): SimulatedQueue {
  let inFlight = 0;
  let isCalm = false;

  function transport(message: JobMessage, delayMs: number, receives: number): void {
    inFlight += 1;
    const slow = !isCalm && chance.happens(0.1) ? chance.between(0, 20 * 60_000) : chance.between(0, 2_000);
    time.schedule(delayMs + slow, () => {
      void deliver(message, receives === JOB_DELIVERIES).then((isDone) => {
        inFlight -= 1;
        const again = !isDone || (!isCalm && chance.happens(0.05));
        if (again && receives < JOB_DELIVERIES) transport(message, VISIBILITY_MS, receives + 1);
      });
    });
  }

  return {
    inFlight: () => inFlight,
    calm: () => (isCalm = true),
    async send({ tenantId, jobId }, delaySeconds = 0) {
      const copies = isCalm ? 1 : chance.oneOf([1, 1, 1, 1, 1, 1, 0, 2, 3]);
      for (let copy = 0; copy < copies; copy += 1) transport({ tenantId, jobId }, delaySeconds * 1000, 1);
    },
  };
}
