import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

export interface SeenRequest {
  readonly httpMethod: string;
  readonly path: string;
  /** Of the JSON-RPC message in the body, if it is one. */
  readonly rpcMethod: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What a request must get past before the server behind is asked; may change while the server runs. */
export interface Gate {
  /** Anything else is answered with 401. */
  requiredHeader?: { readonly name: string; readonly value: string } | undefined;
  /** Every request is answered with 429 and this `Retry-After`. */
  retryAfter?: string | undefined;
}

export interface RecordingServer {
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
  readonly gate: Gate;
  /** The JSON-RPC methods of the requests in the order of their arrival; the HTTP method where there is none. */
  methods(): readonly string[];
  /** How many requests carried this JSON-RPC method. */
  count(rpcMethod: string): number;
  /** Forgets what it saw. */
  clear(): void;
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: unknown) => unknown;

/** An HTTP server on 127.0.0.1 that remembers every request it ever gets. */
export async function startRecordingServer(handle: Handler): Promise<RecordingServer> {
  const requests: SeenRequest[] = [];
  const gate: Gate = {};
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    requests.push(seen(request, body));
    const refusal = refusalAt(gate, request.headers);
    if (refusal === undefined) await handle(request, response, body);
    else response.writeHead(refusal.status, refusal.headers).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    gate,
    methods: () => requests.map((request) => request.rpcMethod ?? request.httpMethod),
    count: (rpcMethod) => requests.filter((request) => request.rpcMethod === rpcMethod).length,
    clear: () => void requests.splice(0),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? undefined : text;
  }
}

function seen({ method = '', url = '', headers }: IncomingMessage, body: unknown): SeenRequest {
  const rpcMethod = typeof body === 'object' && body !== null && 'method' in body ? String(body.method) : undefined;
  return { httpMethod: method, path: url, rpcMethod, headers, body };
}

function refusalAt({ requiredHeader, retryAfter }: Gate, headers: IncomingHttpHeaders) {
  if (retryAfter !== undefined) return { status: 429, headers: { 'retry-after': retryAfter } };
  if (requiredHeader === undefined || headers[requiredHeader.name] === requiredHeader.value) return undefined;
  return { status: 401, headers: { 'www-authenticate': 'Bearer' } };
}
