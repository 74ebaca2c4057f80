import type { IncomingMessage, ServerResponse } from 'node:http';

/** The registration endpoint, the only one that browser clients need and the provider itself does not open to pages. */
const REGISTRATION = '/register';

/** Lets pages of any origin register; nothing there depends on cookies. True when a preflight request is answered. */
export function allowPages(path: string, request: IncomingMessage, response: ServerResponse): boolean {
  if (path !== REGISTRATION) return false;
  response.setHeader('Access-Control-Allow-Origin', '*');
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'POST',
    'Access-Control-Allow-Headers': request.headers['access-control-request-headers'] ?? 'Content-Type',
    'Access-Control-Max-Age': '3600',
  });
  response.end();
  return true;
}
