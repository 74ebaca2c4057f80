import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { SampleServer } from './modern.ts';
import { startRecordingServer } from './recording-server.ts';
import { answer, createOffer, type Offer } from './sample-offer.ts';

export interface LegacyServer extends SampleServer {
  /** Sessions that were opened and not ended. */
  sessionCount(): number;
  /** Forgets all sessions, as a restart would; the next request of one is refused with this status. */
  expireSessions(status: 404 | 400): void;
}

/** A sessionful server of the revisions before 2026-07-28. */
export async function startLegacy(options?: Parameters<typeof createOffer>[0]): Promise<LegacyServer> {
  const offer = createOffer(options);
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  let refusal = 404;

  const openSession = async () => {
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await serverOf(offer).connect(transport);
    return transport;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse, body: unknown) => {
    const id = request.headers['mcp-session-id'];
    const transport = id === undefined ? await openSession() : sessions.get(String(id));
    if (transport !== undefined) return transport.handleRequest(request, response, body);
    const error = { code: -32_000, message: 'Bad Request: No valid session ID provided' };
    response.writeHead(refusal, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
  };

  const server = await startRecordingServer(handle);
  return {
    ...server,
    url: `${server.origin}/mcp`,
    offer,
    sessionCount: () => sessions.size,
    expireSessions(status) {
      refusal = status;
      sessions.clear();
    },
  };
}

function serverOf(offer: Offer): Server {
  const info = { name: 'legacy-sample', version: '1.0.0' };
  const server = new Server(info, {
    capabilities: { tools: {}, resources: {}, prompts: {}, completions: {}, logging: {} },
    instructions: 'Use the sample tools.',
  });
  server.fallbackRequestHandler = ({ method, params = {} }, { signal, sendNotification, _meta }) => {
    const progressToken = _meta?.progressToken;
    const progress = async (done: number, total: number) => {
      if (progressToken === undefined) return;
      await sendNotification({ method: 'notifications/progress', params: { progressToken, progress: done, total } });
    };
    const log = (level: string, data: unknown) =>
      sendNotification({ method: 'notifications/message', params: { level, data } });
    return answer(offer, method, params, { signal, answers: {}, progress, log });
  };
  return server;
}
