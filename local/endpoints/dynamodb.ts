import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalDynamoDb, type LocalDynamoDb } from './dynamodb-request.ts';

export interface DynamoDbEngine {
  readonly dynamodb: LocalDynamoDb;
  close(): Promise<void>;
}

const READY_WITHIN_MS = 5_000;
const STOP_WITHIN_MS = 2_000;
const MAX_COMPLAINT_LENGTH = 2_000;

/** Starts the bundled engine on a SQLite file, or uses the endpoint that `NEXUS_DYNAMODB_ENDPOINT` names. */
export async function startDynamoDb(databaseFile: string, region: string): Promise<DynamoDbEngine> {
  const external = process.env['NEXUS_DYNAMODB_ENDPOINT'];
  if (external !== undefined && external !== '') {
    const dynamodb = createLocalDynamoDb(external, region);
    await whenReady(dynamodb, () => undefined);
    return { dynamodb, close: async () => dynamodb.close() };
  }

  const port = await freePort();
  const engine = spawnGuarded(engineBinary(), [
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--db-path',
    databaseFile,
  ]);
  let complaint = '';
  engine.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-MAX_COMPLAINT_LENGTH);
  });
  const dynamodb = createLocalDynamoDb(`http://127.0.0.1:${port}`, region);
  const close = async (): Promise<void> => {
    dynamodb.close();
    await stop(engine);
  };
  try {
    await whenReady(dynamodb, () =>
      engine.exitCode === null ? undefined : `it ended with code ${engine.exitCode}: ${complaint}`,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return { dynamodb, close };
}

function engineBinary(): string {
  try {
    return createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide`);
  } catch (cause) {
    throw new Error(
      `no DynamoDB engine for ${process.platform}-${process.arch} is installed: ` +
        'set NEXUS_DYNAMODB_ENDPOINT to the URL of any local DynamoDB',
      { cause },
    );
  }
}

/**
 * The engine must not outlive this process, even when that is killed: a shell beside it waits for the end of standard
 * input, which closes with us, and kills the engine, whose process id `exec` keeps.
 */
function spawnGuarded(binary: string, args: readonly string[]): ChildProcess {
  const script = 'exec 3<&0; (read -r _ <&3; kill -9 $$) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';
  return spawn('/bin/sh', ['-c', script, 'dynamodb', binary, ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: {},
  });
}

async function stop(engine: ChildProcess): Promise<void> {
  if (engine.exitCode === null && engine.signalCode === null) {
    const ended = once(engine, 'exit');
    engine.kill('SIGTERM');
    const timer = setTimeout(() => engine.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }
  engine.stdin?.end();
}

async function whenReady(dynamodb: LocalDynamoDb, failure: () => string | undefined): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await dynamodb.call('ListTables', {});
      return;
    } catch (cause) {
      const reason = failure() ?? (Date.now() > deadline ? `no answer within ${READY_WITHIN_MS / 1000} s` : undefined);
      if (reason !== undefined) {
        throw new Error(`the DynamoDB engine at ${dynamodb.endpoint} does not work: ${reason}`, { cause });
      }
      await sleep(10);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') {
    throw new Error('no free port');
  }
  return address.port;
}
