import { isIP, type LookupFunction, connect as openPlain, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';
import { EgressError } from './egress-error.ts';
import { isLoopbackHost } from './parse-upstream-url.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

/** Resolves a name to all its addresses, of both families. */
export type Lookup = (
  hostname: string,
  answer: (error: Error | null, addresses: readonly { readonly address: string }[]) => void,
) => void;

export interface Destination {
  readonly secure: boolean;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

export interface SocketChecks {
  readonly allowLoopback: boolean;
  readonly lookup: Lookup;
  readonly connectTimeoutMs: number;
}

type Admits = (address: string) => boolean;

/**
 * Opens a socket that is handed out only once the address it is connected to was checked. The checked address is the
 * connected one, so there is no moment between check and use in which a name could be pointed elsewhere.
 */
export function openCheckedSocket(to: Destination, checks: SocketChecks): Promise<Socket> {
  const admits = checks.allowLoopback && isLoopbackHost(to.host) ? isLoopbackAddress : isPublicAddress;
  // Node asks no resolver about a literal.
  if (isIP(to.host) !== 0 && !admits(to.host)) return Promise.reject(new EgressError('IP_NOT_PUBLIC'));
  if (to.signal.aborted) return Promise.reject(new EgressError('ABORTED'));
  const socket = open(to, checkedLookup(checks.lookup, admits));
  return connected(socket, to, admits, checks.connectTimeoutMs);
}

function open({ secure, host, port }: Destination, lookup: LookupFunction): Socket {
  const options = { host, port, lookup, noDelay: true, keepAlive: true };
  if (!secure) return openPlain(options);
  return openTls({
    ...options,
    // RFC 6066: a server name is never an address.
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    // Explicit, so that no environment variable can turn it off.
    rejectUnauthorized: true,
  });
}

/** One private address among the answers refuses them all: which one a socket would take is the attacker's choice. */
function checkedLookup(lookup: Lookup, admits: Admits): LookupFunction {
  return (hostname, options, answer) =>
    lookup(hostname, (error, answers) => {
      if (error !== null) return answer(new EgressError('DNS_FAILED'), []);
      const addresses = answers.map(({ address }) => ({ address, family: isIP(address) }));
      const [first] = addresses;
      if (first === undefined) return answer(new EgressError('DNS_FAILED'), []);
      if (!addresses.every(({ address }) => admits(address))) return answer(new EgressError('DNS_NOT_PUBLIC'), []);
      if (options.all) return answer(null, addresses);
      answer(null, first.address, first.family);
    });
}

function connected(socket: Socket, to: Destination, admits: Admits, timeoutMs: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  let reached = false;
  const refuse = (error: EgressError) => {
    socket.destroy();
    reject(error);
  };
  const onAbort = () => refuse(new EgressError('ABORTED'));
  const timer = setTimeout(() => refuse(new EgressError('CONNECT_TIMEOUT')), timeoutMs);
  to.signal.addEventListener('abort', onAbort, { once: true });
  // Before any other listener: TLS starts its handshake in one of them.
  socket.prependOnceListener('connect', () => {
    reached = true;
    if (!admits(socket.remoteAddress ?? '')) refuse(new EgressError('PEER_NOT_PUBLIC'));
  });
  socket.once(to.secure ? 'secureConnect' : 'connect', () => resolve(socket));
  // Stays on: a socket without an error listener would bring the process down before a request has adopted it.
  socket.on('error', (error) => refuse(error instanceof EgressError ? error : new EgressError(failureOf(reached))));
  return promise.finally(() => {
    clearTimeout(timer);
    to.signal.removeEventListener('abort', onAbort);
  });
}

function failureOf(reached: boolean): 'TLS_FAILED' | 'CONNECT_FAILED' {
  return reached ? 'TLS_FAILED' : 'CONNECT_FAILED';
}
