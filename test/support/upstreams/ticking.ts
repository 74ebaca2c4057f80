import { setTimeout as delay } from 'node:timers/promises';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { type RecordingServer, startRecordingServer } from './recording-server.ts';

export interface TickingServer extends RecordingServer {
  readonly url: string;
  /** How many calls were told to stop before they were done. */
  readonly stopped: { count: number };
}

/** A server of revision 2026-07-28 whose one tool, `tick`, reports progress every second for so many seconds. */
export async function startTicking(): Promise<TickingServer> {
  const stopped = { count: 0 };
  const handle = toNodeHandler(createMcpHandler(() => tickingServer(stopped), { legacy: 'reject' }));
  const server = await startRecordingServer((request, response, body) => {
    const { method = '', url = '', headers } = request;
    const rest = { [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() };
    return handle({ method, url, headers, ...rest }, response, body);
  });
  return { ...server, url: `${server.origin}/mcp`, stopped };
}

function tickingServer(stopped: { count: number }): Server {
  const server = new Server({ name: 'ticking', version: '1.0.0' }, { capabilities: { tools: {} } });
  const inputSchema = { type: 'object' as const, properties: { seconds: { type: 'integer' } } };
  server.setRequestHandler('tools/list', () => ({ tools: [{ name: 'tick', inputSchema }] }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const total = Number(params.arguments?.['seconds']);
    const progressToken = mcpReq._meta?.progressToken;
    mcpReq.signal.addEventListener('abort', () => stopped.count++);
    for (let progress = 1; progress <= total; progress++) {
      await delay(1000, undefined, { signal: mcpReq.signal });
      if (progressToken !== undefined) {
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total } });
      }
    }
    return { content: [{ type: 'text', text: `ticked ${total} times` }] };
  });
  return server;
}
