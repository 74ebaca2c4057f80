import type { CallableTool } from '../calls/find-tool.ts';
import type { ServerTasks } from '../calls/server-tasks.ts';
import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { Watch } from './call-with-heartbeats.ts';
import type { HeldJob } from './hold-job.ts';
import type { Patience } from './insist.ts';
import type { Delegation } from './job.ts';
import { SightLostError } from './job-failure.ts';

export interface FollowTaskDependencies extends Patience {
  readonly serverTasks: ServerTasks;
  readonly now: () => number;
}

export interface Followed {
  readonly callable: CallableTool;
  readonly task: Delegation;
  readonly watch: Watch;
}

/** How a call came to rest, or not yet. */
export type CallOutcome =
  | { readonly kind: 'result'; readonly result: JsonObject }
  /** The server says that its task ended without one. */
  | { readonly kind: 'refused'; readonly error: HubError }
  | { readonly kind: 'cancelled' }
  /** The worker's time is over, the server's task is not. */
  | { readonly kind: 'working' }
  /** The job is another worker's. */
  | { readonly kind: 'lost' };

const MIN_POLL_MS = 1_000;
const MAX_POLL_MS = 30_000;
const USUAL_POLL_MS = 2_000;

/**
 * Asks a server for its task until that has ended. When the job is cancelled the server is asked to end it, and when the
 * task waits for somebody, for nobody is there; how it ends then is still the server's to say.
 */
export async function followTask(
  dependencies: FollowTaskDependencies,
  held: HeldJob,
  { callable, task: { taskId, pollIntervalMs }, watch }: Followed,
): Promise<CallOutcome> {
  const { serverTasks, pause, now } = dependencies;
  const { context } = watch;
  const intervalMs = Math.min(Math.max(pollIntervalMs ?? USUAL_POLL_MS, MIN_POLL_MS), MAX_POLL_MS);
  let unanswerable: HubError | undefined;
  let isCancelled = false;
  let wasSeen = false;
  for (;;) {
    const mustEnd = unanswerable !== undefined || held.current().cancelRequestedAt !== undefined;
    try {
      if (mustEnd && !isCancelled) await serverTasks.cancel(callable, taskId, context).catch(seenLater);
      isCancelled = mustEnd;
      const task = await serverTasks.get(callable, taskId, context);
      wasSeen = true;
      if (task.statusMessage !== undefined) watch.say(task.statusMessage);
      if (task.status === 'completed') return { kind: 'result', result: task.result };
      if (task.status === 'failed') return { kind: 'refused', error: task.failure };
      if (task.status === 'cancelled')
        return unanswerable === undefined ? { kind: 'cancelled' } : refused(unanswerable);
    } catch (error) {
      if (watch.isLost()) return { kind: 'lost' };
      if (isOver(context, now())) return { kind: 'working' };
      if (isForNobody(error)) unanswerable ??= error;
      else throw wasSeen ? new SightLostError('the task was not seen any more', { cause: error }) : error;
    }
    await pause(intervalMs, isCancelled ? context.deadline.signal : watch.untilCancelled);
    if (watch.isLost()) return { kind: 'lost' };
    if (isOver(context, now())) return { kind: 'working' };
  }
}

/** Whether the server heard of it shows in how the task ends. */
function seenLater(error: unknown): void {
  if (!(error instanceof HubError)) throw error;
}

function refused(error: HubError): CallOutcome {
  return { kind: 'refused', error };
}

/** A worker declares no capability, so that every question is one too many. */
function isForNobody(error: unknown): error is HubError {
  return error instanceof HubError && error.code === 'capability_required';
}

function isOver({ deadline }: UpstreamContext, now: number): boolean {
  return deadline.signal.aborted || now >= deadline.at;
}
