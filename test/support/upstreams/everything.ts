import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ChildServer {
  readonly url: string;
  close(): Promise<void>;
}

const PATHS = { streamableHttp: '/mcp', sse: '/sse' } as const;

/** The reference server of the MCP project, as its users run it: the v1 SDK behind Express, in a process of its own. */
export async function startEverything(mode: keyof typeof PATHS): Promise<ChildServer> {
  const program = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
  const preload = new URL('./listen-on-loopback.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', preload, program, mode], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit');
  const [port] = await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the everything server ended before it listened'))),
  ]);
  return {
    url: `http://127.0.0.1:${port}${PATHS[mode]}`,
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
