import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { findChromium } from './find-chromium.ts';
import { type LocalBrowser, type StartedBrowser, startLocalBrowser } from './start-local-browser.ts';

/** A browser that nobody used for so long ends; the next use starts another. */
const IDLE_MS = 60_000;

/**
 * An endpoint on loopback behind which a browser starts when somebody connects: who runs the hub for its other servers
 * pays for none. `undefined` where this machine has no Chromium.
 */
export async function offerLocalBrowser(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<LocalBrowser | undefined> {
  if (findChromium(environment) === undefined) return undefined;
  const path = `/${randomBytes(24).toString('hex')}`;
  const browsers = keepOne(() => startLocalBrowser(environment, path));
  const door = createServer((client) => void relay(client, browsers));
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const address = door.address();
  if (address === null || typeof address === 'string') throw new Error('the browser listens on no port');
  return {
    endpoint: `ws://127.0.0.1:${address.port}${path}`,
    async close() {
      door.close();
      await browsers.close();
    },
  };
}

interface Kept {
  /** The one browser, started if there is none; `undefined` when it does not start. */
  take(): Promise<LocalBrowser | undefined>;
  giveBack(): void;
  close(): Promise<void>;
}

function keepOne(start: () => Promise<StartedBrowser | undefined>): Kept {
  let started: Promise<StartedBrowser | undefined> | undefined;
  let users = 0;
  let idle: NodeJS.Timeout | undefined;
  const end = async (): Promise<void> => {
    const ending = started;
    started = undefined;
    await (await ending)?.close();
  };
  const startOne = (): Promise<StartedBrowser | undefined> => {
    const starting = start();
    // One that crashed, or did not start, is no answer for who asks next.
    void starting
      .then((browser) => browser?.ended)
      .then(() => {
        if (started === starting) started = undefined;
      });
    return starting;
  };
  return {
    take() {
      clearTimeout(idle);
      users += 1;
      return (started ??= startOne());
    },
    giveBack() {
      users -= 1;
      if (users === 0) idle = setTimeout(() => void end(), IDLE_MS).unref();
    },
    async close() {
      clearTimeout(idle);
      await end();
    },
  };
}

/** Byte by byte: which path is asked for is checked by the browser's own server. */
async function relay(client: Socket, browsers: Kept): Promise<void> {
  client.on('error', () => client.destroy());
  client.once('close', () => browsers.giveBack());
  const browser = await browsers.take();
  if (browser === undefined) return void client.destroy();
  const server = connect(Number(new URL(browser.endpoint).port), '127.0.0.1');
  server.on('error', () => client.destroy());
  server.once('close', () => client.destroy());
  client.once('close', () => server.destroy());
  client.pipe(server).pipe(client);
}
