import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ChildServer } from './everything.ts';
import { type Reply, speakRaw, startEvents } from './raw-mcp.ts';
import { type RecordingServer, startRecordingServer } from './recording-server.ts';

/** Ways in which a server takes a call of its tool `act` and dies before it has answered. */
const DEATHS = {
  'before-answer': (response) => response.destroy(),
  'mid-body': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"jsonrpc":"2.0",', () => response.destroy());
  },
  'mid-events': (response) => {
    const send = startEvents(response);
    send({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'working on it' } });
    setTimeout(() => response.destroy(), 20);
  },
} satisfies Record<string, Reply>;
export type Death = keyof typeof DEATHS;

export interface DyingServer extends RecordingServer {
  urlOf(death: Death): string;
}

export async function startDying(): Promise<DyingServer> {
  const server = await startRecordingServer((request, response, body) => {
    const reply = Object.entries(DEATHS).find(([death]) => request.url === `/${death}`)?.[1];
    return reply === undefined
      ? response.writeHead(404).end()
      : speakRaw(request, response, body, { 'tools/call': reply });
  });
  return { ...server, urlOf: (death) => `${server.origin}/${death}` };
}

/** The same in a process of its own, which a call of the tool kills. */
export async function startMortal(): Promise<ChildServer> {
  const program = fileURLToPath(new URL('./mortal-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ended = once(child, 'exit');
  const [origin] = await once(child, 'message');
  return {
    url: `${origin}/mcp`,
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
