import { HubError } from '../hub-error.ts';
import type { Upstream, UpstreamContext, UpstreamTarget } from '../upstreams/upstream.ts';
import { type CircuitKey, type CircuitStore, FAILURES_TO_OPEN, isOutage, pauseAfter } from './circuit.ts';

export interface CircuitBreakerDependencies {
  readonly upstream: Upstream;
  readonly circuits: CircuitStore;
  readonly now: () => number;
  /** Is told when the outcome of a call could not be noted, which the caller need not know. */
  readonly report: (error: unknown) => void;
}

/** Time for a probe to come to an end; a probe that dies gives its turn to the next caller. */
const PROBE_MS = 30_000;

/**
 * Keeps a tenant's calls from a server that does not answer: after some failures in a row they are refused at once, for a
 * while, and then one of them is let through to see. A server that answers costs nothing but what its counter tells anyway.
 */
export function createCircuitBreaker(deps: CircuitBreakerDependencies): Upstream {
  const { upstream } = deps;
  const guarded = async <T>(target: UpstreamTarget, context: UpstreamContext, ask: () => Promise<T>): Promise<T> => {
    await letThrough(deps, target);
    try {
      const answer = await ask();
      await noteSuccess(deps, target);
      return answer;
    } catch (error) {
      await noteFailure(deps, target, context, error);
      throw error;
    }
  };
  return {
    callTool: (target, call, context) => guarded(target, context, () => upstream.callTool(target, call, context)),
    readResource: (target, uri, context) => guarded(target, context, () => upstream.readResource(target, uri, context)),
    getPrompt: (target, prompt, context) => guarded(target, context, () => upstream.getPrompt(target, prompt, context)),
    getTask: (target, taskId, context) => guarded(target, context, () => upstream.getTask(target, taskId, context)),
    updateTask: (target, taskId, context) =>
      guarded(target, context, () => upstream.updateTask(target, taskId, context)),
    cancelTask: (target, taskId, context) =>
      guarded(target, context, () => upstream.cancelTask(target, taskId, context)),
    complete: (target, request, context) => guarded(target, context, () => upstream.complete(target, request, context)),
  };
}

/** Refuses while the pause lasts. After it, one caller takes the probe, and for the others it goes on. */
async function letThrough({ circuits, now }: CircuitBreakerDependencies, target: UpstreamTarget): Promise<void> {
  const { circuit } = target;
  if (circuit.failures < FAILURES_TO_OPEN) return;
  const at = now();
  if (circuit.openUntil > at) throw isOpen(target, circuit.openUntil - at);
  if (await circuits.claimProbe(keyOf(target), circuit, at + PROBE_MS)) return;
  throw isOpen(target, PROBE_MS);
}

async function noteSuccess({ circuits, report }: CircuitBreakerDependencies, target: UpstreamTarget): Promise<void> {
  if (target.circuit.failures > 0) await circuits.close(keyOf(target)).catch(report);
}

async function noteFailure(
  deps: CircuitBreakerDependencies,
  target: UpstreamTarget,
  { deadline }: UpstreamContext,
  error: unknown,
): Promise<void> {
  if (!(error instanceof HubError)) return;
  // A server that refuses is there.
  if (!isOutage(error)) return noteSuccess(deps, target);
  const { circuits, now, report } = deps;
  // Who goes away early says nothing of the server.
  if (deadline.signal.aborted && now() < deadline.at) return;
  try {
    const failures = await circuits.countFailure(keyOf(target));
    if (failures >= FAILURES_TO_OPEN) await circuits.open(keyOf(target), now() + pauseAfter(failures));
  } catch (cause) {
    report(cause);
  }
}

function keyOf({ tenantId, slug, serverId, revision }: UpstreamTarget): CircuitKey {
  return { tenantId, slug, serverId, revision };
}

function isOpen({ slug, circuit }: UpstreamTarget, milliseconds: number): HubError {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  const message = `the server "${slug}" did not answer ${circuit.failures} times in a row; it is called again in ${seconds} s`;
  return new HubError('upstream_unavailable', message, { retryAfterSeconds: seconds });
}
