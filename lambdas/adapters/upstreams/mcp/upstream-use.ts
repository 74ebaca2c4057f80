import { ProtocolError, type RequestOptions } from '@modelcontextprotocol/client';
import type { Negotiated, UpstreamContext, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Egress } from '../../egress/egress.ts';
import { classifyUpstreamError } from './classify-upstream-error.ts';
import { type Connection, connect, END_SESSION_TIMEOUT_MS } from './connect.ts';
import type { LegacySessions } from './legacy-sessions.ts';
import { anonymousScope, requestScope, secretValues } from './request-scope.ts';
import type { Wire } from './wire.ts';

export interface UpstreamUseDeps {
  readonly egress: Egress;
  /** This hub's mark in the header that stops call loops. */
  readonly hubId: string;
  /** Without it, every use of a legacy server opens a session and ends it. */
  readonly sessions?: LegacySessions;
  readonly now: () => number;
}

export interface UseInput {
  readonly target: UpstreamTarget;
  readonly context: UpstreamContext;
  readonly maxResponseBytes: number;
}

/** One use of one server: what is open during it, with this deadline and these secrets and no others. */
export interface UpstreamUse {
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
  const { deadline } = context;
  let calling = false;
  let wire: Wire | undefined;

  try {
    const url = deps.egress.parse(target.url);
    const fetch = deps.egress.fetchFor(requestScope({ ...input, url, hubId: deps.hubId }));
    return await work({
      open(negotiated) {
        calling = false;
        return connect({ url, transport: target.transport, negotiated, fetch, deadline, onWire: (w) => (wire = w) });
      },
      takeIdle() {
        const idle = deps.sessions?.take(target);
        idle?.wire.use(fetch);
        wire = idle?.wire;
        return idle;
      },
      during: (connection, step) => during(deps, { target, url, connection }, step),
      mayTakeEffect: () => {
        calling = true;
      },
      requestOptions: () => ({ signal: deadline.signal, timeout: Math.max(1, deadline.at - deps.now()) }),
    });
  } catch (error) {
    const secrets = secretValues(target);
    throw classifyUpstreamError(error, { wireFailure: wire?.failure(), deadline, now: deps.now(), calling, secrets });
  }
}

interface Held {
  readonly target: UpstreamTarget;
  readonly url: URL;
  readonly connection: Connection;
}

async function during<T>(deps: UpstreamUseDeps, held: Held, step: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await step();
  } catch (error) {
    // A JSON-RPC error answers the request; after anything else it is open what may still arrive.
    await (error instanceof ProtocolError ? release(deps, held) : held.connection.close());
    throw error;
  }
  await release(deps, held);
  return result;
}

async function release({ egress, sessions }: UpstreamUseDeps, { target, url, connection }: Held): Promise<void> {
  if (sessions === undefined || !connection.reusable) return connection.end();
  // The secrets and the deadline of this use end with it; only the end of the session may still be sent.
  connection.wire.use((to, init) => egress.fetchFor(anonymousScope(target, url, END_SESSION_TIMEOUT_MS))(to, init));
  sessions.put(target, connection);
}
