import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ForbiddenPlaces } from './forbidden-places.ts';
import { WAYS_OUT } from './ways-out.ts';

export interface HostileSite {
  readonly origin: string;
  /** The page that tries one way. */
  pageOf(way: string): string;
  /** Whether the page was there, so that its way was tried. */
  wasVisited(way: string): boolean;
  close(): void;
}

/** A site that may be opened, and each of whose pages tries to reach a forbidden place in another way. */
export async function openHostileSite(places: ForbiddenPlaces): Promise<HostileSite> {
  const visited = new Set<string>();
  const server = createServer(({ url = '' }, response) => {
    const [, way = '', file] = (url.split('?', 1)[0] ?? '').split('/');
    if (file === 'worker.js') return serviceWorker(response, url);
    const known = WAYS_OUT[way];
    if (known === undefined) return void response.setHeader('content-type', 'text/html').end('elsewhere');
    if (file === 'hop') return void response.writeHead(known.redirects ?? 302, { location: places.at(way).url }).end();
    visited.add(way);
    const to = places.at(way);
    response.writeHead(200, { 'content-type': 'text/html', ...known.headers?.(to) });
    response.end(`<!doctype html><title>${way}</title>${known.html(to)}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    pageOf: (way) => `${origin}/${way}/`,
    wasVisited: (way) => visited.has(way),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function serviceWorker(response: ServerResponse, url: string): void {
  const to = new URL(url, 'http://here').searchParams.get('to');
  const code = `addEventListener('install', (event) => event.waitUntil(fetch(${JSON.stringify(to)}, { mode: 'no-cors' })))`;
  response.setHeader('content-type', 'text/javascript').end(code);
}
