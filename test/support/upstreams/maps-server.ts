import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { Server as LegacyServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcpHandler, ProtocolError, Server } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { MAPS_PARAMETERS } from './maps-parameters.ts';
import { MAPS_RESULTS } from './maps-results.ts';
import { type Handler, type RecordingServer, startRecordingServer } from './recording-server.ts';

export type MapsEra = 'modern' | 'legacy';

export interface MapsServer extends RecordingServer {
  readonly url: string;
  /** From now on every call is more than the project may make. */
  exhaust(): void;
}

export interface MapsOptions {
  readonly era: MapsEra;
  readonly key: string;
  /** Other results than the documented ones. */
  readonly results?: typeof MAPS_RESULTS;
}

/** A server with the tools, the parameters and the refusals that Google documents. It keeps no sessions. */
export async function startMapsServer({ era, key, results = MAPS_RESULTS }: MapsOptions): Promise<MapsServer> {
  let exhausted = false;
  const answer = (method: string, params: Params) => answerOf(results, method, params);
  const speak = era === 'modern' ? modern(answer) : legacy(answer);
  const server = await startRecordingServer((request, response, body) => {
    const refusal = exhausted ? QUOTA : refusalOf(request.headers['x-goog-api-key'], key);
    if (refusal === undefined) return speak(request, response, body);
    response.writeHead(refusal.code, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ error: refusal }));
  });
  return {
    ...server,
    url: `${server.origin}/mcp`,
    exhaust: () => {
      exhausted = true;
    },
  };
}

/** https://google.aip.dev/193 */
interface Refusal {
  readonly code: number;
  readonly status: string;
  readonly message: string;
  readonly details?: readonly unknown[];
}

const QUOTA: Refusal = { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded.' };

function refusalOf(given: string | readonly string[] | undefined, key: string): Refusal | undefined {
  if (given === key) return undefined;
  if (given === undefined) return { code: 403, status: 'PERMISSION_DENIED', message: 'Unregistered callers.' };
  const reason = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'API_KEY_INVALID',
    domain: 'googleapis.com',
  };
  return { code: 400, status: 'INVALID_ARGUMENT', message: `API key not valid: ${String(given)}`, details: [reason] };
}

const TOOLS = Object.entries(MAPS_PARAMETERS).map(([name, parameters]) => ({
  name,
  inputSchema: { ...z.toJSONSchema(parameters), type: 'object' },
}));

type Params = Readonly<Record<string, unknown>>;
type Answer = (method: string, params: Params) => Record<string, unknown>;

class InvalidParams extends Error {
  readonly code = -32_602;
}

function answerOf(results: typeof MAPS_RESULTS, method: string, params: Params): Record<string, unknown> {
  if (method === 'tools/list') return { ttlMs: 0, cacheScope: 'private', tools: TOOLS };
  const { name, arguments: args } = params;
  const parameters = MAPS_PARAMETERS[String(name)];
  const result = results[String(name)];
  if (method !== 'tools/call' || parameters === undefined || result === undefined)
    throw new InvalidParams('no such tool');
  const { success, error } = parameters.safeParse(args);
  if (!success) throw new InvalidParams(error.message);
  return { content: [{ type: 'text', text: JSON.stringify(result) }], structuredContent: result };
}

const INFO = { name: 'StatelessServer', version: '1' };
const CAPABILITIES = { capabilities: { tools: {} } };

function modern(answer: Answer): Handler {
  const serverOf = () => {
    const server = new Server(INFO, CAPABILITIES);
    server.fallbackRequestHandler = async ({ method, params = {} }) => {
      try {
        return { resultType: 'complete', ...answer(method, params) };
      } catch (error) {
        throw error instanceof InvalidParams ? new ProtocolError(error.code, error.message) : error;
      }
    };
    return server;
  };
  const handle = toNodeHandler(createMcpHandler(serverOf, { legacy: 'reject' }));
  return (request, response, body) => {
    const { method = '', url = '', headers } = request;
    const read = { [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() };
    return handle({ method, url, headers, ...read }, response, body);
  };
}

function legacy(answer: Answer): Handler {
  return async (request: IncomingMessage, response: ServerResponse, body: unknown) => {
    const server = new LegacyServer(INFO, CAPABILITIES);
    server.fallbackRequestHandler = async ({ method, params = {} }) => answer(method, params);
    const transport = new StreamableHTTPServerTransport();
    await server.connect(transport);
    await transport.handleRequest(request, response, body);
  };
}
