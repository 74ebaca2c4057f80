import type { Deadline } from '../deadline.ts';
import type { Interaction, Progress, UpstreamContext } from '../upstreams/upstream.ts';
import type { HeldJob } from './hold-job.ts';
import type { Patience } from './insist.ts';
import type { JobInput } from './job.ts';
import { beaten, LEASE_MS } from './job-edges.ts';

export interface HeartbeatDependencies extends Patience {
  readonly now: () => number;
}

/** What a worker has at hand while its lease is kept alive. */
export interface Watch {
  /** Aborts when the job is not this worker's any more. */
  readonly context: UpstreamContext;
  /** Aborts also when the job is cancelled: for a call that can only be broken off. */
  readonly callContext: UpstreamContext;
  readonly untilCancelled: AbortSignal;
  readonly isLost: () => boolean;
  /** Shows a message as the job's progress. */
  readonly say: (message: string) => void;
}

/** Two in a row may fail before the lease ends. */
const BEAT_MS = LEASE_MS / 3;
const MAX_MESSAGE_LENGTH = 500;

/** Works while the lease is kept alive and the upstream's progress is shown on the job. */
export async function callWithHeartbeats<T>(
  dependencies: HeartbeatDependencies,
  { held, input, deadline }: { readonly held: HeldJob; readonly input: JobInput; readonly deadline: Deadline },
  call: (watch: Watch) => Promise<T>,
): Promise<T> {
  const cancelled = new AbortController();
  const lost = new AbortController();
  const over = new AbortController();
  let latest = held.current().progress;
  const note = (progress: Progress): void => {
    if (isStorable(progress)) latest = bounded(progress);
  };
  const interaction = listening(note);
  const { via, trace } = input;
  const contextUntil = (...signals: AbortSignal[]): UpstreamContext => {
    const signal = AbortSignal.any([deadline.signal, lost.signal, ...signals]);
    return { deadline: { at: deadline.at, signal }, via, ...(trace && { trace }), interaction };
  };
  const callContext = contextUntil(cancelled.signal);
  const beating = beat(dependencies, held, { over: over.signal, cancelled, lost, progress: () => latest });
  try {
    return await call({
      context: contextUntil(),
      callContext,
      untilCancelled: callContext.deadline.signal,
      isLost: () => lost.signal.aborted,
      say: (message) => note({ ...(latest ?? { progress: 0 }), message }),
    });
  } finally {
    over.abort();
    await beating;
  }
}

interface Beating {
  readonly over: AbortSignal;
  readonly cancelled: AbortController;
  readonly lost: AbortController;
  readonly progress: () => Progress | undefined;
}

async function beat({ pause, now }: HeartbeatDependencies, held: HeldJob, beating: Beating): Promise<void> {
  const { over, cancelled, lost, progress } = beating;
  for (;;) {
    await pause(BEAT_MS, over);
    if (over.aborted) return;
    try {
      const job = await held.change((running) => beaten(running, progress(), now()));
      if (job?.cancelRequestedAt !== undefined) cancelled.abort();
      if (job === undefined) return lost.abort();
    } catch {
      // The next one may reach the store. Whatever it is, it must not cost the answer of a call that is under way.
    }
  }
}

/** Nobody is there to be asked, and somebody to follow a task. */
function listening(onProgress: (progress: Progress) => void): Interaction {
  return {
    capabilities: {},
    takesTasks: true,
    logLevel: undefined,
    inputResponses: undefined,
    requestState: undefined,
    onProgress,
    onLog: () => undefined,
  };
}

/** JSON has no word for infinity, and the state of a job with it could not be read. */
function isStorable({ progress, total = 0 }: Progress): boolean {
  return Number.isFinite(progress) && Number.isFinite(total);
}

function bounded({ progress, total, message }: Progress): Progress {
  return {
    progress,
    ...(total !== undefined && { total }),
    ...(message !== undefined && { message: message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed() }),
  };
}
