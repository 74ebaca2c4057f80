import { createServer, type RequestListener } from 'node:http';

export interface HttpListener {
  readonly url: string;
  /** Until it is called, requests are answered 503. */
  serve(listener: RequestListener): void;
  close(): Promise<void>;
}

/** Takes a port of 127.0.0.1 (0: a free one) before it is known what will be served, because the URL is part of that. */
export async function listen(port: number): Promise<HttpListener> {
  let current: RequestListener = (_request, response) => response.writeHead(503, { 'Retry-After': '1' }).end();
  const server = createServer((request, response) => current(request, response));
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  return {
    url: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : port}`,
    serve(listener) {
      current = listener;
    },
    async close() {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      server.closeAllConnections();
      await closed;
    },
  };
}
