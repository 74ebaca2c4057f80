import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { Forbidden } from './ways-out.ts';

/** Servers that nobody may reach, and that know who did. */
export interface ForbiddenPlaces {
  /** Of the HTTP server. */
  readonly origin: string;
  at(way: string): Forbidden;
  /** Whether anything at all arrived at the place of this way. */
  wasReached(way: string): boolean;
  /** Connections that the HTTP server accepted, whatever came over them. */
  connections(): number;
  close(): void;
}

/** One HTTP server whose paths are the names of the ways, and for each way a port of UDP and of TCP. */
export async function openForbiddenPlaces(ways: readonly string[]): Promise<ForbiddenPlaces> {
  const reached = new Set<string>();
  let connections = 0;
  const note = (url = '') => reached.add(url.slice(1).split('?', 1)[0] ?? '');
  const http = createServer(({ url }, response) => {
    note(url);
    response.setHeader('access-control-allow-origin', '*').end('the secret of the forbidden place');
  });
  http.on('upgrade', ({ url }, socket) => {
    note(url);
    socket.destroy();
  });
  http.on('connection', () => connections++);
  const sockets = await Promise.all(ways.map((way) => openPorts(() => reached.add(way))));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    origin,
    at: (way) => ({ url: `${origin}/${way}`, ...portsAt(sockets[ways.indexOf(way)]) }),
    wasReached: (way) => reached.has(way),
    connections: () => connections,
    close() {
      http.closeAllConnections();
      http.close();
      for (const { close } of sockets) close();
    },
  };
}

type Ports = Awaited<ReturnType<typeof openPorts>>;

function portsAt(ports: Ports | undefined): Pick<Forbidden, 'udpPort' | 'tcpPort'> {
  if (ports === undefined) throw new Error('there is no such way');
  return ports;
}

async function openPorts(onArrival: () => void) {
  const udp = createSocket('udp4').on('message', onArrival);
  udp.bind(0, '127.0.0.1');
  const tcp = createTcpServer((socket) => {
    onArrival();
    socket.destroy();
  });
  tcp.listen(0, '127.0.0.1');
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
  return {
    udpPort: udp.address().port,
    tcpPort: (tcp.address() as AddressInfo).port,
    close() {
      udp.close();
      tcp.close();
    },
  };
}
