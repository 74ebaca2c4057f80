import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { findChromium } from './find-chromium.ts';

/** A Playwright server on loopback, whose path nobody can guess. */
export interface LocalBrowser {
  readonly endpoint: string;
  /** Ends Chromium too. */
  close(): Promise<void>;
}

export interface StartedBrowser extends LocalBrowser {
  /** Settles when it is gone, whoever ended it. */
  readonly ended: Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/** Starts a browser for the hub where this machine has one; `undefined` where there is none, or none that starts. */
export async function startLocalBrowser(
  environment: NodeJS.ProcessEnv = process.env,
  serverPath = `/${randomBytes(24).toString('hex')}`,
): Promise<StartedBrowser | undefined> {
  const path = findChromium(environment);
  if (path === undefined) return undefined;
  const child = fork(join(import.meta.dirname, 'browser-process.ts'), [path, serverPath], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // What this process was started with is not meant for another.
    execArgv: [],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const endpoint = await endpointFrom(child);
  if (endpoint === undefined) {
    await end(child);
    return undefined;
  }
  return { endpoint, ended, close: () => end(child) };
}

async function endpointFrom(child: ChildProcess): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => resolve(undefined), START_TIMEOUT_MS);
  child.once('message', (message: { readonly endpoint: string }) => resolve(message.endpoint));
  child.once('exit', () => resolve(undefined));
  child.once('error', () => resolve(undefined));
  return await promise.finally(() => clearTimeout(timer));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  await ended;
}
