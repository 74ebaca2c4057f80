import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface LoopbackServer {
  readonly port: number;
  /** Every connection that was ever accepted, oldest first. */
  readonly connections: readonly Socket[];
}

/** An HTTP server on 127.0.0.1 that ends with its test. */
export function serveHttp(t: TestContext, handler: RequestListener): Promise<LoopbackServer> {
  return listen(t, createServer(handler));
}

export function serveHttps(
  t: TestContext,
  credentials: { readonly key: string; readonly cert: string },
  handler: RequestListener,
): Promise<LoopbackServer> {
  return listen(t, createTlsServer(credentials, handler));
}

/** A bare TCP server. Without a listener it accepts and says nothing. */
export function serveTcp(t: TestContext, onSocket: (socket: Socket) => void = () => {}): Promise<LoopbackServer> {
  return listen(t, createTcpServer(onSocket));
}

/** Waits for the end of a connection, however it ends. */
export async function hungUp(socket: Socket | undefined): Promise<void> {
  if (socket === undefined) throw new Error('there was no connection');
  if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
}

async function listen(t: TestContext, server: Server): Promise<LoopbackServer> {
  const connections: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {});
    connections.push(socket);
  });
  t.after(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: portOf(server.address()), connections };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
