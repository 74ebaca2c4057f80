import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../../local/browser/find-chromium.ts';

/** A browser that listens on loopback. */
export interface RunningBrowser {
  /** For the hub; its path is as good as a token. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** As the documentation asks for: without it the hub refuses the browser. */
export const SEALING_FLAGS = ['--webrtc-ip-handling-policy=disable_non_proxied_udp'];

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // It would refuse, in its own name and before the hub is asked, what these tests try to reach on loopback.
  '--disable-features=LocalNetworkAccessChecks',
];

/** Debian's Chromium behind a Playwright server. */
export async function startPlaywrightServer(flags: readonly string[] = SEALING_FLAGS): Promise<RunningBrowser> {
  const server = await chromium.launchServer({
    executablePath: chromiumPath(),
    headless: true,
    chromiumSandbox: false,
    host: '127.0.0.1',
    args: [...FLAGS, ...flags],
  });
  return { endpoint: server.wsEndpoint(), close: () => server.close() };
}

/** The same, spoken to over the DevTools protocol. */
export async function startDevTools(): Promise<RunningBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'nexus-test-'));
  const flags = [
    '--headless',
    '--no-sandbox',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    ...FLAGS,
    ...SEALING_FLAGS,
  ];
  const child = spawn(chromiumPath(), flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  const endpoint = await announced(child);
  return {
    endpoint,
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export function chromiumPath(): string {
  const found = findChromium(process.env);
  if (found === undefined) {
    throw new Error('these tests need Chromium: install it (apt-get install chromium), or set CHROMIUM_PATH');
  }
  return found;
}

function announced({ stderr }: Pick<ChildProcess, 'stderr'>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const endpoint = /ws:\/\/\S+/.exec(said)?.[0];
    if (endpoint !== undefined) resolve(endpoint);
  });
  stderr?.once('end', () => reject(new Error(`Chromium did not start: ${said}`)));
  return promise;
}
