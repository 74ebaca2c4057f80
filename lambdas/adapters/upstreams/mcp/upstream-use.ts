import { type FetchLike, ProtocolError, type RequestOptions } from '@modelcontextprotocol/client';
import type { Negotiated, UpstreamContext, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Egress } from '../../egress/egress.ts';
import { CANCELLATION_TIMEOUT_MS } from './answering-transport.ts';
import { classifyUpstreamError } from './classify-upstream-error.ts';
import { type Connection, connect, END_SESSION_TIMEOUT_MS } from './connect.ts';
import type { LegacySessions } from './legacy-sessions.ts';
import { isDoubtfulEra, type NegotiatedEras } from './negotiated-eras.ts';
import { anonymousScope, requestScope, secretValues } from '../request-scope.ts';
import type { Wire } from './wire.ts';

export interface UpstreamUseDeps {
  readonly egress: Egress;
  /** This hub's mark in the header that stops call loops. */
  readonly hubId: string;
  /** Without it, every use of a legacy server opens a session and ends it. */
  readonly sessions?: LegacySessions;
  /** Without it, every use of a server of which nothing is stored begins with a probe. */
  readonly eras?: NegotiatedEras;
  readonly now: () => number;
}

export interface UseInput {
  readonly target: UpstreamTarget;
  readonly context: UpstreamContext;
  readonly maxResponseBytes: number;
}

/** One use of one server: what is open during it, with this deadline and these secrets and no others. */
export interface UpstreamUse {
  /** How the server wants to be spoken to, as far as that was stored or is remembered. */
  known(): Negotiated | undefined;
  open(negotiated: Negotiated | undefined): Promise<Connection>;
  /** A connection that an earlier use left open. */
  takeIdle(): Connection | undefined;
  /** Works on a connection and then leaves it to the next use, ends it or, when it is in doubt, drops it. */
  during<T>(connection: Connection, work: () => Promise<T>): Promise<T>;
  /** From now on a missing answer does not mean that nothing happened. */
  mayTakeEffect(): void;
  requestOptions(): RequestOptions & { signal: AbortSignal; timeout: number };
}

/** Runs one use of a server. Whatever fails in it comes out in the hub's vocabulary. */
export async function useUpstream<T>(
  deps: UpstreamUseDeps,
  input: UseInput,
  work: (use: UpstreamUse) => Promise<T>,
): Promise<T> {
  const { target, context } = input;
  const state: UseState = { calling: false, modern: false, wire: undefined };
  try {
    const url = deps.egress.parse(target.url);
    return await work(useOf(deps, { ...input, url }, state));
  } catch (error) {
    const { calling, modern, wire } = state;
    const { deadline } = context;
    const about = { wireFailure: wire?.failure(), deadline, now: deps.now(), calling, modern };
    const failure = classifyUpstreamError(error, { ...about, secrets: secretValues(target) });
    if (isDoubtfulEra(error, failure)) deps.eras?.forget(target);
    throw failure;
  }
}

interface UseState {
  calling: boolean;
  modern: boolean;
  wire: Wire | undefined;
}

interface Located extends UseInput {
  readonly url: URL;
}

function useOf(deps: UpstreamUseDeps, input: Located, state: UseState): UpstreamUse {
  const { target, context, url } = input;
  const { deadline } = context;
  const fetch = deps.egress.fetchFor(requestScope({ ...input, hubId: deps.hubId }));
  return {
    known: () => target.negotiated ?? deps.eras?.recall(target),
    async open(negotiated) {
      state.calling = false;
      const onWire = (wire: Wire) => (state.wire = wire);
      try {
        const connection = await connect({ url, transport: target.transport, negotiated, fetch, deadline, onWire });
        if (target.negotiated === undefined) deps.eras?.note(target, connection.negotiated);
        return connection;
      } catch (error) {
        deps.eras?.forget(target);
        throw error;
      }
    },
    takeIdle() {
      const idle = deps.sessions?.take(target);
      idle?.wire.use(fetch);
      state.wire = idle?.wire;
      return idle;
    },
    during(connection, step) {
      state.modern = connection.negotiated.era === 'modern';
      return during(deps, input, connection, step);
    },
    mayTakeEffect: () => {
      state.calling = true;
    },
    requestOptions() {
      const rest = Math.max(1, deadline.at - deps.now());
      const timeout = Math.min(context.silenceMs ?? rest, rest);
      return { signal: deadline.signal, timeout, maxTotalTimeout: rest, resetTimeoutOnProgress: true };
    },
  };
}

async function during<T>(
  deps: UpstreamUseDeps,
  input: Located,
  connection: Connection,
  step: () => Promise<T>,
): Promise<T> {
  const { signal } = input.context.deadline;
  const abandon = () => connection.wire.use(farewellFetch(deps, input));
  signal.addEventListener('abort', abandon, { once: true });
  let result: T;
  try {
    result = await step();
  } catch (error) {
    // A JSON-RPC error answers the request; after anything else it is open what may still arrive.
    await (error instanceof ProtocolError ? release(deps, input, connection) : connection.close());
    throw error;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
  await release(deps, input, connection);
  return result;
}

/**
 * With the deadline everything that is open ends. A legacy server goes on working unless it is told, which is all that
 * is sent afterwards. https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/cancellation
 */
function farewellFetch({ egress, hubId }: UpstreamUseDeps, input: Located): FetchLike {
  const deadline = { ...input.context.deadline, signal: AbortSignal.timeout(CANCELLATION_TIMEOUT_MS) };
  return egress.fetchFor(requestScope({ ...input, context: { ...input.context, deadline }, hubId }));
}

async function release(
  { egress, sessions }: UpstreamUseDeps,
  { target, url }: Located,
  connection: Connection,
): Promise<void> {
  if (sessions === undefined || !connection.reusable) return connection.end();
  // The secrets and the deadline of this use end with it; only the end of the session may still be sent.
  connection.wire.use((to, init) => egress.fetchFor(anonymousScope(target, url, END_SESSION_TIMEOUT_MS))(to, init));
  sessions.put(target, connection);
}
