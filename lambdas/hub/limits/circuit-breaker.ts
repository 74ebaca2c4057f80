import { HubError } from '../hub-error.ts';
import type { CallAnswer, Upstream, UpstreamContext, UpstreamTarget } from '../upstreams/upstream.ts';
import type { Circuit } from '../upstreams/circuit.ts';
import { type CircuitKey, type CircuitStore, FAILURES_TO_OPEN, pauseAfter, signIn } from './circuit.ts';

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
  const guarded = async <T>(
    target: UpstreamTarget,
    context: UpstreamContext,
    ask: () => Promise<T>,
    isAnswer: (answer: T) => boolean = () => true,
  ): Promise<T> => {
    const turn = await letThrough(deps, target);
    try {
      const answer = await ask();
      await (isAnswer(answer) ? noteSuccess(deps, target) : giveBack(deps, target, turn));
      return answer;
    } catch (error) {
      await noteFailure(deps, { target, turn, context }, error);
      throw error;
    }
  };
  return {
    callTool: (target, call, context) =>
      guarded(target, context, () => upstream.callTool(target, call, context), isOfServer),
    readResource: (target, uri, context) =>
      guarded(target, context, () => upstream.readResource(target, uri, context), isOfServer),
    getPrompt: (target, prompt, context) =>
      guarded(target, context, () => upstream.getPrompt(target, prompt, context), isOfServer),
    getTask: (target, taskId, context) => guarded(target, context, () => upstream.getTask(target, taskId, context)),
    updateTask: (target, taskId, context) =>
      guarded(target, context, () => upstream.updateTask(target, taskId, context)),
    cancelTask: (target, taskId, context) =>
      guarded(target, context, () => upstream.cancelTask(target, taskId, context)),
    complete: (target, request, context) =>
      guarded(
        target,
        context,
        () => upstream.complete(target, request, context),
        (completion) => completion !== undefined,
      ),
  };
}

function isOfServer(answer: CallAnswer): boolean {
  return !(answer.kind === 'complete' && answer.nothingSent === true);
}

/** The circuit as a probe has left it for the time that it takes; undefined for a call that is no probe. */
type Turn = Circuit | undefined;

/** Refuses while the pause lasts. After it, one caller takes the probe, and for the others it goes on. */
async function letThrough({ circuits, now }: CircuitBreakerDependencies, target: UpstreamTarget): Promise<Turn> {
  const { circuit } = target;
  if (circuit.failures < FAILURES_TO_OPEN) return undefined;
  const at = now();
  if (circuit.openUntil > at) throw isOpen(target, circuit.openUntil - at);
  const openUntil = at + PROBE_MS;
  if (await circuits.movePause(keyOf(target), circuit, openUntil)) return { ...circuit, openUntil };
  throw isOpen(target, PROBE_MS);
}

/** After a call that came to nothing before it was sent: whoever comes next may see how the server is. */
async function giveBack(
  { circuits, report }: CircuitBreakerDependencies,
  target: UpstreamTarget,
  turn: Turn,
): Promise<void> {
  if (turn !== undefined) await circuits.movePause(keyOf(target), turn, target.circuit.openUntil).catch(report);
}

async function noteSuccess({ circuits, report }: CircuitBreakerDependencies, target: UpstreamTarget): Promise<void> {
  if (target.circuit.failures > 0) await circuits.close(keyOf(target)).catch(report);
}

interface Guarded {
  readonly target: UpstreamTarget;
  readonly turn: Turn;
  readonly context: UpstreamContext;
}

async function noteFailure(deps: CircuitBreakerDependencies, call: Guarded, error: unknown): Promise<void> {
  if (!(error instanceof HubError)) return;
  const { target, turn, context } = call;
  const sign = signIn(error);
  if (sign === 'none') return giveBack(deps, target, turn);
  // A server that refuses is there.
  if (sign === 'answer') return noteSuccess(deps, target);
  const { circuits, now, report } = deps;
  const { deadline } = context;
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
