import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createGateway, type GatewayOptions } from './gateway.ts';

/** Serves what lies below a path prefix, beside the API. */
export interface ExtraHandler {
  /** `/oidc` */
  readonly prefix: string;
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
}

export interface RestApiOptions extends GatewayOptions {
  readonly port: number;
  readonly extraHandlers?: readonly ExtraHandler[];
}

export interface RestApi {
  readonly url: string;
  close(): Promise<void>;
}

/** API Gateway's REST API, Regional and behind a custom domain without a base path, on 127.0.0.1. */
export async function startRestApi({ port, extraHandlers = [], ...options }: RestApiOptions): Promise<RestApi> {
  const gateway = createGateway(options);
  const server = createServer((request, response) => {
    const extra = extraHandlers.find(({ prefix }) => isBelow(prefix, request.url ?? '/'));
    void (extra === undefined ? gateway(request, response) : extra.handle(request, response));
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  return {
    url: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : port}`,
    async close() {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      server.closeAllConnections();
      await closed;
    },
  };
}

function isBelow(prefix: string, url: string): boolean {
  const [path = ''] = url.split('?');
  return path === prefix || path.startsWith(`${prefix}/`);
}
