import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { type RecordingServer, startRecordingServer } from '../upstreams/recording-server.ts';
import type { Misbehaviour } from '../upstreams/misbehaving-api.ts';

export interface MisbehavingEndpoint {
  readonly url: string;
  readonly requests: RecordingServer['requests'];
  misbehave(how: Misbehaviour | undefined): void;
  readonly silence: Promise<{ readonly hungUp: Promise<void> }>;
  readonly trap: RecordingServer;
  close(): Promise<void>;
}

/** In front of a real browser, behind a path that is as good as a token: passes on to it, or misbehaves. */
export async function startMisbehavingEndpoint(browser: string, path: string): Promise<MisbehavingEndpoint> {
  const trap = await startRecordingServer((_request, response) => response.end());
  const silence = Promise.withResolvers<{ hungUp: Promise<void> }>();
  const requests: RecordingServer['requests'][number][] = [];
  const sockets = new Set<Socket>();
  let behaviour: Misbehaviour | undefined;
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('upgrade', ({ method = '', url = '', headers, rawHeaders }, socket: Socket, head) => {
    sockets.add(socket.on('error', () => {}));
    requests.push({ httpMethod: method, path: url, rpcMethod: undefined, headers, body: undefined });
    if (behaviour === undefined) return passOn(browser, { rawHeaders, socket, head, sockets });
    if (behaviour === 'silent') {
      return silence.resolve({ hungUp: new Promise((resolve) => socket.resume().once('end', () => resolve())) });
    }
    socket.end(ANSWERS[behaviour](url, trap.origin));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    requests,
    misbehave: (how) => {
      behaviour = how;
    },
    silence: silence.promise,
    trap,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await trap.close();
    },
  };
}

/** Each repeats what it was asked for, as an error page may. */
const ANSWERS: Readonly<Record<Exclude<Misbehaviour, 'silent'>, (url: string, trap: string) => string>> = {
  unauthorized: (url) => answer('401 Unauthorized', url),
  failing: (url) => answer('500 Internal Server Error', url),
  redirecting: (url, trap) => answer('307 Temporary Redirect', url, `Location: ${trap.replace('http', 'ws')}/`),
  endless: (url) => `HTTP/1.1 200 OK\r\n${`X-Filler: ${url}\r\n`.repeat(10_000)}`,
  echoing: (url) => answer('422 Unprocessable Content', url),
};

function answer(status: string, body: string, header = 'X-Nothing: 1'): string {
  return `HTTP/1.1 ${status}\r\n${header}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function passOn(
  browser: string,
  from: { rawHeaders: readonly string[]; socket: Socket; head: Buffer; sockets: Set<Socket> },
): void {
  const { hostname, port, pathname } = new URL(browser);
  const behind = connect(Number(port), hostname);
  from.sockets.add(behind.on('error', () => {}));
  const { rawHeaders } = from;
  const lines = Array.from(
    { length: rawHeaders.length / 2 },
    (_, i) => `${rawHeaders[2 * i]}: ${rawHeaders[2 * i + 1]}`,
  );
  behind.write([`GET ${pathname} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  behind.write(from.head);
  behind.pipe(from.socket).pipe(behind);
}
