import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, ProtocolError, Server } from '@modelcontextprotocol/server';
import { type RecordingServer, startRecordingServer } from './recording-server.ts';
import { answer, createOffer, type Offer, RpcError } from './sample-offer.ts';

export interface SampleServer extends RecordingServer {
  readonly url: string;
  readonly offer: Offer;
}

export interface ModernOptions {
  readonly bulkTools?: number;
  readonly pageSize?: number;
  /** Whether results come as one JSON body or as events. */
  readonly responses?: 'json' | 'sse';
}

/** A stateless server of revision 2026-07-28, which knows no other. */
export async function startModern({ responses = 'json', ...offered }: ModernOptions = {}): Promise<SampleServer> {
  const offer = createOffer(offered);
  // Not 'json': that mode would drop progress, and warn.
  const responseMode = responses === 'json' ? 'auto' : 'sse';
  const handle = toNodeHandler(createMcpHandler(() => serverOf(offer), { legacy: 'reject', responseMode }));
  const server = await startRecordingServer((request, response, body) => {
    const { method = '', url = '', headers } = request;
    return handle(
      { method, url, headers, [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() },
      response,
      body,
    );
  });
  return { ...server, url: `${server.origin}/mcp`, offer };
}

function serverOf(offer: Offer): Server {
  const info = { name: 'modern-sample', version: '1.0.0' };
  const server = new Server(info, {
    capabilities: { tools: {}, resources: {}, prompts: {}, completions: {}, logging: {} },
    instructions: 'Use the sample tools.',
  });
  // Unlike a registered handler it passes results on as they are.
  server.fallbackRequestHandler = async ({ method, params = {} }, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    const progress = async (done: number, total: number) => {
      if (progressToken === undefined) return;
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: done, total } });
    };
    const log = (level: string, data: unknown) =>
      mcpReq.notify({ method: 'notifications/message', params: { level, data } });
    const answers = { inputResponses: mcpReq.inputResponses, requestState: mcpReq.requestState() };
    const running = { signal: mcpReq.signal, answers, progress, log };
    const result = await answer(offer, method, params, running).catch(asProtocolError);
    return { resultType: 'complete', ...(isCacheable(method) && { ttlMs: 0, cacheScope: 'private' }), ...result };
  };
  return server;
}

function isCacheable(method: string): boolean {
  return method.endsWith('/list') || method === 'resources/read';
}

function asProtocolError(error: unknown): never {
  throw error instanceof RpcError ? new ProtocolError(error.code, error.message, error.data) : error;
}
