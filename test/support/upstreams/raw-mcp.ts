import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json, JsonObject } from '../../../lambdas/hub/json.ts';

/** One JSON-RPC request at a server that is written by hand, to break rules that an SDK would keep. */
export interface RawRequest {
  readonly id: Json;
  readonly method: string;
  readonly http: IncomingMessage;
  readonly body: unknown;
}
export type Reply = (response: ServerResponse, request: RawRequest) => unknown;

/** The one tool of the servers written by hand. */
export const RAW_TOOL: JsonObject & { name: string } = { name: 'act', inputSchema: { type: 'object' } };

const LIST = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
const PROPER: Readonly<Record<string, Reply>> = {
  'server/discover': replyWith({ ...LIST, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } }),
  'tools/list': replyWith({ ...LIST, tools: [RAW_TOOL] }),
};

/** Answers as a modern server with one tool does, but for the given methods. */
export function speakRaw(
  http: IncomingMessage,
  response: ServerResponse,
  body: unknown,
  replies: Readonly<Record<string, Reply>>,
): unknown {
  if (typeof body !== 'object' || body === null || !('method' in body)) return response.writeHead(405).end();
  const method = String(body.method);
  const id = 'id' in body && typeof body.id !== 'object' ? JSON.parse(JSON.stringify(body.id)) : null;
  const reply = replies[method] ?? PROPER[method];
  if (reply === undefined) return response.writeHead(404).end();
  return reply(response, { id, method, http, body });
}

export function replyWith(result: Json): Reply {
  return (response, { id }) => sendText(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
}

export function replyWithError(describe: (request: RawRequest) => string): Reply {
  return (response, request) => {
    const error = { code: -32_000, message: describe(request) };
    sendText(response, JSON.stringify({ jsonrpc: '2.0', id: request.id, error }));
  };
}

export function sendText(response: ServerResponse, text: string, type = 'application/json'): void {
  response.writeHead(200, { 'content-type': type }).end(text);
}

export function startEvents(response: ServerResponse): (message: Json) => boolean {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (message) => response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
}
