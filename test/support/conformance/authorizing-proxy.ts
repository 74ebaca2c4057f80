import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request as sendRequest, type ServerResponse } from 'node:http';

export interface AuthorizingProxy {
  readonly origin: string;
  close(): Promise<void>;
}

/** They belong to one connection (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding']);

/**
 * Gives every request of a client that knows no credentials a token, and `target` as its host. Everything else, an
 * Origin too, passes as it is and as it comes: events are not held back, and a client that goes away is gone for the
 * target as well.
 */
export async function startAuthorizingProxy(target: string, token: string): Promise<AuthorizingProxy> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => forward(request, response, { target, token, agent }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Forwarding {
  readonly target: string;
  readonly token: string;
  readonly agent: Agent;
}

function forward(request: IncomingMessage, response: ServerResponse, { target, token, agent }: Forwarding): void {
  const url = new URL(request.url ?? '/', target);
  const headers = [
    ...passedOn(request, ['host', 'authorization']),
    'Host',
    url.host,
    'Authorization',
    `Bearer ${token}`,
  ];
  const forwarded = sendRequest(url, { method: request.method, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedOn(answer));
    response.flushHeaders();
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  forwarded.on('error', () => response.destroy());
  response.on('close', () => forwarded.destroy());
  request.pipe(forwarded);
}

/** Names and values in turn, in their own order and spelling. */
function passedOn({ rawHeaders }: IncomingMessage, replaced: readonly string[] = []): string[] {
  return rawHeaders.filter((_, index) => {
    const name = (rawHeaders[index - (index % 2)] ?? '').toLowerCase();
    return !HOP_BY_HOP.has(name) && !replaced.includes(name);
  });
}
