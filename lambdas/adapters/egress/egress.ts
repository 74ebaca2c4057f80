import { lookup as resolveName } from 'node:dns';
import type { Socket } from 'node:net';
import { type Lookup, openCheckedSocket } from './checked-socket.ts';
import { GuardedAgent } from './guarded-agent.ts';
import { createGuardedFetch, type EgressScope, type FetchLike } from './guarded-fetch.ts';
import { type EgressPolicy, parseUpstreamUrl, portOf, withoutBrackets } from './parse-upstream-url.ts';

/** The only way out of the hub. */
export interface Egress {
  /** The URL if the hub may call it; throws `EgressError` otherwise. Every fetch checks again. */
  parse(raw: string): URL;
  fetchFor(scope: EgressScope): FetchLike;
  /** A socket to a URL that `parse` accepted, for what is no request and response; ended by whoever took it. */
  openSocket(url: URL, signal: AbortSignal): Promise<Socket>;
  /** Ends all connections, used or idle. */
  close(): void;
}

export interface EgressDeps {
  readonly lookup?: Lookup;
  readonly now?: () => number;
  readonly connectTimeoutMs?: number;
}

export function createEgress(policy: EgressPolicy, deps: EgressDeps = {}): Egress {
  const { lookup = lookupAll, now = Date.now, connectTimeoutMs = 3000 } = deps;
  const openSocket = (to: Parameters<typeof openCheckedSocket>[0]) =>
    openCheckedSocket(to, { allowLoopback: policy.allowLoopback, lookup, connectTimeoutMs });
  const tls = new GuardedAgent({ secure: true, openSocket, now });
  const plain = new GuardedAgent({ secure: false, openSocket, now });
  const agentFor = (url: URL) => {
    const agent = url.protocol === 'https:' ? tls : plain;
    agent.destroyStaleSockets();
    return agent;
  };
  return {
    parse: (raw) => parseUpstreamUrl(raw, policy),
    fetchFor: (scope) => createGuardedFetch(policy, agentFor, scope),
    openSocket: (url, signal) =>
      openSocket({
        secure: url.protocol === 'https:',
        host: withoutBrackets(url.hostname),
        port: portOf(url),
        signal,
      }),
    close: () => {
      tls.destroy();
      plain.destroy();
    },
  };
}

const lookupAll: Lookup = (hostname, answer) => resolveName(hostname, { all: true }, answer);
