import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FunctionLogLine } from '../observe.ts';
import type { FunctionModel } from '../template/stack-model.ts';
import { type FromEnvironment, type FunctionError, onMessage, type ToEnvironment } from './environment-messages.ts';

/** Lambda ends an environment whose initialization takes longer. */
const INIT_LIMIT_MS = 10_000;
/** Share of a function's memory that Lambda's runtime gives to V8's old space. */
const OLD_SPACE_SHARE = 0.9;

const program = fileURLToPath(new URL('./environment.ts', import.meta.url));

/** Who takes the response, chunk by chunk. */
export interface ResponseConsumer {
  write(bytes: Uint8Array): Promise<void> | void;
  /** Aborts when nobody reads any more; the function is told. */
  readonly signal?: AbortSignal;
}

export type RunResult =
  { readonly outcome: 'ok' } | { readonly outcome: 'error' | 'timeout' | 'crash'; readonly error: FunctionError };

/** One child process that serves one request at a time. */
export interface Environment {
  run(invocation: { requestId: string; event: string }, consumer: ResponseConsumer): Promise<RunResult>;
  /** False from the moment the process is known to end. */
  isAlive(): boolean;
  readonly exited: Promise<void>;
  kill(): void;
}

export interface EnvironmentOptions {
  readonly function: FunctionModel;
  readonly variables: Readonly<Record<string, string>>;
  readonly onLogLine: (line: Pick<FunctionLogLine, 'stream' | 'line'>) => void;
}

interface Run {
  readonly consumer: ResponseConsumer;
  readonly settle: (result: RunResult) => void;
}

export function startEnvironment({ function: model, variables, onLogLine }: EnvironmentOptions): Environment {
  const child = fork(program, [], {
    cwd: model.codeDirectory,
    env: { ...variables },
    execArgv: [`--max-old-space-size=${Math.floor(model.memoryMb * OLD_SPACE_SHARE)}`],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  forwardLines(child.stdout, (line) => onLogLine({ stream: 'stdout', line }));
  forwardLines(child.stderr, (line) => onLogLine({ stream: 'stderr', line }));

  const ready = Promise.withResolvers<FunctionError | undefined>();
  const exited = Promise.withResolvers<void>();
  let alive = true;
  let current: Run | undefined;

  onMessage<FromEnvironment>(child, (message) => {
    if (message.type === 'ready') ready.resolve(undefined);
    else if (message.type === 'init-failed') ready.resolve(message.error);
    else if (current !== undefined) void receive(child, current, message);
  });
  child.once('exit', (code, signal) => {
    const error = { errorType: 'Runtime.ExitError', errorMessage: describeExit(code, signal) };
    alive = false;
    ready.resolve(error);
    current?.settle({ outcome: 'crash', error });
    exited.resolve();
  });
  // A spawn that fails is followed by no 'exit'.
  child.once('error', (error) => {
    alive = false;
    ready.resolve({ errorType: 'Runtime.ExitError', errorMessage: error.message });
    if (child.pid === undefined) exited.resolve();
  });

  function kill(): void {
    alive = false;
    child.kill('SIGKILL');
  }

  async function run(
    { requestId, event }: { requestId: string; event: string },
    consumer: ResponseConsumer,
  ): Promise<RunResult> {
    const initError = await within(ready.promise, INIT_LIMIT_MS, initTimeout);
    if (initError !== undefined) {
      kill();
      return { outcome: 'crash', error: initError };
    }
    const limitMs = model.timeoutSeconds * 1000;
    const finished = Promise.withResolvers<RunResult>();
    const onGone = () => send(child, { type: 'consumer-gone' });
    current = { consumer, settle: finished.resolve };
    consumer.signal?.addEventListener('abort', onGone, { once: true });
    send(child, { type: 'invoke', requestId, event, functionArn: model.arn, deadlineAt: Date.now() + limitMs });
    const result = await within(finished.promise, limitMs, () => invokeTimeout(requestId, model.timeoutSeconds));
    consumer.signal?.removeEventListener('abort', onGone);
    current = undefined;
    if (result.outcome === 'timeout') kill();
    return result;
  }

  return { run, isAlive: () => alive, exited: exited.promise, kill };
}

async function receive(child: ChildProcess, run: Run, message: FromEnvironment): Promise<void> {
  if (message.type === 'chunk') {
    try {
      await run.consumer.write(message.bytes);
      send(child, { type: 'written' });
    } catch {
      send(child, { type: 'consumer-gone' });
    }
  }
  // The log lines of the request are already in the pipes: the turn of the event loop that read this message reads them.
  if (message.type === 'done') setImmediate(run.settle, { outcome: 'ok' });
  if (message.type === 'failed') setImmediate(run.settle, { outcome: 'error', error: message.error });
}

function send(child: ChildProcess, message: ToEnvironment): void {
  // The process may end between the check and the write; its 'exit' then tells the caller.
  if (child.connected) child.send(message, () => undefined);
}

function forwardLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

async function within<T>(promise: Promise<T>, limitMs: number, onLimit: () => T): Promise<T> {
  const limit = Promise.withResolvers<T>();
  const timer = setTimeout(() => limit.resolve(onLimit()), limitMs);
  try {
    return await Promise.race([promise, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function initTimeout(): FunctionError {
  return { errorType: 'Sandbox.Timedout', errorMessage: `Init phase timed out after ${INIT_LIMIT_MS / 1000} seconds` };
}

function invokeTimeout(requestId: string, seconds: number): RunResult {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
  return { outcome: 'timeout', error: { errorType: 'Sandbox.Timedout', errorMessage } };
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return `Runtime exited with error: ${signal === null ? `exit status ${code}` : `signal: ${signal}`}`;
}
