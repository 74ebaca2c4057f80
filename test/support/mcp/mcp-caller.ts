import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { type Principal, tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import type { McpEndpoint } from '../../../lambdas/mcp/mcp-endpoint.ts';

export const MODERN = '2026-07-28';
export const LEGACY = '2025-06-18';
const BOTH_TYPES = 'application/json, text/event-stream';

export interface Message {
  readonly jsonrpc: '2.0';
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: JsonObject;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: JsonObject };
}

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  /** Everything that was said, in order. */
  readonly messages: readonly Message[];
  /** The JSON body as it is, for an answer that is no stream. */
  readonly body: unknown;
  /** The last message: the response. */
  readonly response: Message | undefined;
  readonly result: JsonObject | undefined;
  readonly error: Message['error'];
}

export interface CallerOptions {
  readonly tenant?: string;
  readonly subject?: string;
  readonly clientId?: string | undefined;
  readonly scopes?: readonly string[];
  /** Of `/servers/{slug}/mcp`. */
  readonly slug?: string;
  readonly query?: string;
  readonly signal?: AbortSignal;
}

export interface RequestOptions {
  readonly id?: number | string;
  readonly meta?: JsonObject;
  readonly capabilities?: JsonObject;
  /** In addition to those that the protocol wants; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** A client of one endpoint, as whoever it is. */
export interface McpCaller {
  /** A request of revision 2026-07-28 with all that it must have. */
  modern(method: string, params?: JsonObject, options?: RequestOptions): Promise<Answer>;
  /** A request of a revision before, from a client that takes both types. */
  legacy(method: string, params?: JsonObject, options?: Omit<RequestOptions, 'meta' | 'capabilities'>): Promise<Answer>;
  /** Whatever it is, as a response that was not read yet. */
  send(message: unknown, headers?: Readonly<Record<string, string | null>>): Promise<Response>;
}

export function createCaller(endpoint: McpEndpoint, options: CallerOptions = {}): McpCaller {
  const { slug, query = '', signal = new AbortController().signal } = options;
  const principal = principalOf(options);

  const send: McpCaller['send'] = (message, extra = {}) => {
    const headers = new Headers({ 'content-type': 'application/json', accept: BOTH_TYPES });
    for (const [name, value] of Object.entries(extra)) {
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    }
    const request = new Request('http://hub.example/mcp', {
      method: 'POST',
      headers,
      body: JSON.stringify(message),
      signal,
    });
    const deadline = { at: Number.MAX_SAFE_INTEGER, signal };
    return endpoint(request, message, { principal, slug, query: new URLSearchParams(query), deadline, via: [] });
  };

  return {
    send,
    async modern(method, params = {}, { id = 1, meta, capabilities = {}, headers } = {}) {
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': MODERN,
        'io.modelcontextprotocol/clientCapabilities': capabilities,
        ...meta,
      };
      const name = params['name'] ?? params['uri'];
      const wanted = {
        'mcp-protocol-version': MODERN,
        'mcp-method': method,
        ...(typeof name === 'string' && { 'mcp-name': name }),
        ...headers,
      };
      return answerOf(await send({ jsonrpc: '2.0', id, method, params: { ...params, _meta } }, wanted));
    },
    async legacy(method, params = {}, { id = 1, headers } = {}) {
      const message = { jsonrpc: '2.0', id, method, params };
      return answerOf(await send(message, { 'mcp-protocol-version': LEGACY, ...headers }));
    },
  };
}

export function principalOf({ tenant = 'acme', subject = 'ada', scopes, ...rest }: CallerOptions): Principal {
  return {
    tenantId: tenantIdSchema.parse(tenant),
    subject,
    clientId: 'clientId' in rest ? rest.clientId : 'console',
    scopes: new Set(scopes ?? ['tools:read', 'tools:call']),
    expiresAt: 0,
  };
}

/** Reads a response to its end. */
export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const type = response.headers.get('content-type');
  const body: unknown = type?.includes('json') === true ? JSON.parse(text) : undefined;
  const messages = body === undefined ? messagesIn(text) : [body].flat().map((each) => each as Message);
  const last = messages.at(-1);
  const { status, headers } = response;
  return { status, type, headers, messages, body, response: last, result: last?.result, error: last?.error };
}

/** The messages of a text of server-sent events, whose lines end with a line feed and with nothing else. */
function messagesIn(events: string): readonly Message[] {
  const data = events.split('\n').filter((line) => line.startsWith('data: '));
  return data.map((line) => JSON.parse(line.slice('data: '.length)) as Message);
}
