import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { listen } from '../../local/api/http-listener.ts';

export const START_PROGRAM = join(import.meta.dirname, '../../local/start.ts');

export interface StartedHub {
  readonly url: string;
  readonly signInCode: string;
  readonly process: ChildProcess;
}

/** Starts `npm start`'s program as a process of its own, and waits until it says where it is. */
export async function startHubProcess(t: TestContext, env: Record<string, string>): Promise<StartedHub> {
  const hub = spawn(process.execPath, [START_PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => hub.kill('SIGKILL'));
  const { url, signInCode } = await started(hub.stdout);
  return { url, signInCode, process: hub };
}

/** Before it says so, it tells what its functions do. */
async function started(output: Readable): Promise<{ readonly url: string; readonly signInCode: string }> {
  for await (const line of createInterface({ input: output })) {
    const said = JSON.parse(line);
    if (said.type === 'started') {
      output.resume();
      return said;
    }
  }
  throw new Error('the hub ended before it served');
}

export async function freePort(): Promise<string> {
  const listener = await listen(0);
  await listener.close();
  return new URL(listener.url).port;
}

export interface ChildOf {
  readonly pid: number;
  readonly command: string;
}

export function childrenOf({ pid }: ChildProcess): ChildOf[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match?.[2] === String(pid) ? [{ pid: Number(match[1]), command: match[3] ?? '' }] : []));
}

export function isAlive({ pid }: ChildOf): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
