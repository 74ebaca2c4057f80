import type { Deadline } from '../deadline.ts';
import type { Interaction, Progress, UpstreamContext } from '../upstreams/upstream.ts';
import type { HeldJob } from './hold-job.ts';
import type { Patience } from './insist.ts';
import type { JobInput } from './job.ts';
import { beaten, LEASE_MS } from './job-edges.ts';

export interface HeartbeatDependencies extends Patience {
  readonly now: () => number;
}

/** Two in a row may fail before the lease ends. */
const BEAT_MS = LEASE_MS / 3;
const MAX_MESSAGE_LENGTH = 500;

/**
 * Calls while the lease is kept alive and the upstream's progress is shown on the job. The call is aborted when the job is
 * cancelled or is not this worker's any more.
 */
export async function callWithHeartbeats<T>(
  dependencies: HeartbeatDependencies,
  { held, input, deadline }: { readonly held: HeldJob; readonly input: JobInput; readonly deadline: Deadline },
  call: (context: UpstreamContext) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const over = new AbortController();
  let latest: Progress | undefined;
  const interaction = listening((progress) => (latest = progress));
  const { via, trace } = input;
  const signal = AbortSignal.any([deadline.signal, abort.signal]);
  const context = { deadline: { at: deadline.at, signal }, via, ...(trace && { trace }), interaction };
  const beating = beat(dependencies, held, { over: over.signal, abort, progress: () => latest });
  try {
    return await call(context);
  } finally {
    over.abort();
    await beating;
  }
}

interface Beating {
  readonly over: AbortSignal;
  readonly abort: AbortController;
  readonly progress: () => Progress | undefined;
}

async function beat({ pause, now }: HeartbeatDependencies, held: HeldJob, { over, abort, progress }: Beating) {
  for (;;) {
    await pause(BEAT_MS, over);
    if (over.aborted) return;
    try {
      const job = await held.change((running) => beaten(running, progress(), now()));
      if (job === undefined || job.cancelRequestedAt !== undefined) abort.abort();
      if (job === undefined) return;
    } catch {
      // The next one may reach the store. Whatever it is, it must not cost the answer of a call that is under way.
    }
  }
}

/** Nobody is there to be asked. */
function listening(onProgress: (progress: Progress) => void): Interaction {
  return {
    capabilities: {},
    takesTasks: false,
    logLevel: undefined,
    inputResponses: undefined,
    requestState: undefined,
    onProgress: (progress) => onProgress(bounded(progress)),
    onLog: () => undefined,
  };
}

function bounded({ progress, total, message }: Progress): Progress {
  return {
    progress,
    ...(total !== undefined && { total }),
    ...(message !== undefined && { message: message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed() }),
  };
}
