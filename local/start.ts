import './require-node.ts';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { offerBrowser } from './browser/offer-browser.ts';
import { offerLocalBrowser } from './browser/browser-on-demand.ts';
import { startLocalHub } from './hub.ts';
import { readSettings, type Settings } from './settings.ts';
import { synthesize } from './synthesize.ts';
import { createJsonObserver, createTerminalObserver } from './terminal.ts';
import { nextCommands, welcome } from './welcome.ts';

const HELP = `Runs the whole hub on this machine, from the synthesized stage "local".

  npm start

  PORT         port on 127.0.0.1 (default: 8787)
  NEXUS_DATA   directory of the data, which survives restarts (default: .nexus)
  CHROMIUM_PATH
               browser for the tools of the server "playwright" (default: the first Chromium or Chrome on the PATH)

On a terminal it shows what the functions do; piped, it writes JSON lines. Ctrl-C stops it, a second one at once.`;

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  if (values.help) console.log(HELP);
  else await start(readSettings(process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function start({ port, dataDirectory }: Settings): Promise<void> {
  const isTerminal = process.stdout.isTTY;
  // Beside the data and not in the project's `cdk.out`: hubs with different data do not disturb each other.
  const assemblyDirectory = join(dataDirectory, 'cdk.out');
  const prepare = async (): Promise<void> => {
    if (isTerminal) console.log(styleText('dim', 'synthesizing the stack ...'));
    await synthesize({ stage: 'local', outputDirectory: assemblyDirectory, validate: false });
  };
  const observer = isTerminal ? createTerminalObserver(console.log) : createJsonObserver(console.log);
  const ready = endOnSignal();
  const hub = await startLocalHub({ assemblyDirectory, dataDirectory, port, observer, prepare }).catch(
    explainTakenPort(port),
  );
  const browser = await offerLocalBrowser();
  ready();
  stopOnSignal(async () => {
    await hub.close();
    await browser?.close();
  });
  const hasBrowser = await offerBrowser(hub, browser);
  const token = await hub.mintToken({
    tenant: 'demo',
    scopes: ['tools:read', 'tools:call', 'servers:read', 'servers:write'],
  });
  const { url, signInCode } = hub;
  console.log(
    isTerminal
      ? welcome({ url, token, signInCode, dataDirectory, hasBrowser })
      : JSON.stringify({
          type: 'started',
          url,
          token,
          signInCode,
          browser: hasBrowser,
          next: nextCommands(url),
        }),
  );
}

function explainTakenPort(port: number) {
  return (error: unknown): never => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`port ${port} is taken: stop what listens there, or set PORT to another one`);
    }
    throw error;
  };
}

/** Before the hub is there, a signal ends the process in order, which gives the data directory back. */
function endOnSignal(): () => void {
  const end = (): never => process.exit(130);
  process.once('SIGINT', end).once('SIGTERM', end);
  return () => void process.off('SIGINT', end).off('SIGTERM', end);
}

function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    close().then(
      () => process.exit(),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}
