import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { pipeline, Transform } from 'node:stream';
import type { Egress } from '../../egress/egress.ts';
import { EgressError } from '../../egress/egress-error.ts';
import { headerOf, type MessageHead, readHead, writeHead } from './message-head.ts';

/** The server answered the request for a WebSocket with something else. */
export class RefusedUpgradeError extends Error {
  override readonly name = 'RefusedUpgradeError' as const;
  readonly status: number;
  readonly retryAfter: string | null;

  constructor(status: number, retryAfter: string | null) {
    super('the endpoint did not become a websocket');
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** A way to one endpoint through a checked socket. */
export interface Relay {
  /** On this machine, for one connection. Whoever is told of it, in logs or in errors, learns nothing of the endpoint. */
  readonly url: string;
  /** Why the connection ended, if it has; Playwright only says that something was closed. */
  failure(): Error | undefined;
  close(): void;
}

export interface RelayInput {
  readonly egress: Egress;
  readonly url: URL;
  readonly signal: AbortSignal;
  /** Of everything that comes from the browser. */
  readonly maxBytes: number;
}

const MAX_HEAD_BYTES = 16_384;

/**
 * Playwright opens its sockets itself, follows redirects, and quotes addresses in its errors. So it is only ever told of
 * a port of this machine, from which the hub passes on what comes to the endpoint, over a socket whose address it checked.
 */
export async function openRelay({ egress, url, signal, maxBytes }: RelayInput): Promise<Relay> {
  const remote = await egress.openSocket(url, signal);
  const path = `/${randomUUID()}`;
  const sockets: Socket[] = [remote];
  let failure: Error | undefined;
  const server = createServer((local) => {
    // Only Playwright was told of the port, and it connects once.
    if (sockets.length > 1) return void local.destroy();
    server.close();
    sockets.push(local);
    join(local, remote, { path, url, maxBytes }).then(
      () => end(new EgressError('CONNECTION_LOST')),
      (error: unknown) => end(error instanceof Error ? error : new Error('the relay failed', { cause: error })),
    );
  });
  const end = (reason: Error): void => {
    failure ??= reason;
    close();
  };
  const close = (): void => {
    signal.removeEventListener('abort', close);
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  remote.on('error', () => {});
  const port = await listen(server).catch((error: unknown) => {
    close();
    throw error;
  });
  return { url: `ws://127.0.0.1:${port}${path}`, failure: () => failure, close };
}

async function join(
  local: Socket,
  remote: Socket,
  { path, url, maxBytes }: Pick<RelayInput, 'url' | 'maxBytes'> & { readonly path: string },
): Promise<void> {
  local.on('error', () => {});
  const asked = await readHead(local, MAX_HEAD_BYTES);
  if (asked.start !== `GET ${path} HTTP/1.1`) throw new Error('somebody else connected to the relay');
  writeHead(remote, addressedTo(url, asked));
  const answer = await readHead(remote, MAX_HEAD_BYTES);
  const status = Number(/^HTTP\/1\.[01] (\d{3})\b/.exec(answer.start)?.[1]);
  if (Number.isNaN(status)) throw new EgressError('RESPONSE_MALFORMED');
  if (status !== 101) throw new RefusedUpgradeError(status, headerOf(answer, 'retry-after'));
  writeHead(local, answer);
  await Promise.all([pass(local, remote), pass(remote, limited(maxBytes), local)]);
}

function addressedTo({ host, pathname, search }: URL, { headers }: MessageHead): MessageHead {
  const own = headers.filter((line) => !/^(host|origin|cookie|authorization):/i.test(line));
  return { start: `GET ${pathname}${search} HTTP/1.1`, headers: [`Host: ${host}`, ...own] };
}

/** Ends when one side hangs up, which is how every connection ends; fails only where the relay itself ended it. */
function pass(...streams: (Socket | Transform)[]): Promise<void> {
  return new Promise((resolve, reject) => {
    pipeline(streams, (error) => (error instanceof EgressError ? reject(error) : resolve()));
  });
}

function limited(maxBytes: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      passed += chunk.byteLength;
      if (passed > maxBytes) done(new EgressError('RESPONSE_TOO_LARGE'));
      else done(null, chunk);
    },
  });
}

function listen(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') reject(new Error('the relay listens on no port'));
    else resolve(address.port);
  });
  return promise;
}
