/**
 * The program of one execution environment: a child process in which a function's bundle runs, one request at a time,
 * with nothing but the environment variables that Lambda would give it. The parent is `environment-process.ts`.
 */
import { installAwsLambda, isStreaming } from './awslambda.ts';
import { type FromEnvironment, type FunctionError, onMessage, type ToEnvironment } from './environment-messages.ts';
import { createContext } from './invocation-context.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import { ResponseStream } from './response-stream.ts';

type Invoke = Extract<ToEnvironment, { type: 'invoke' }>;

let response = new ResponseStream(send);

// The parent is gone, however it ended: nothing may outlive it.
process.on('disconnect', () => process.exit());

// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => {});

installAwsLambda();
const handler = await loadHandler(process.env).catch(failInit);
if (handler !== undefined) {
  onMessage<ToEnvironment>(process, (message) => receive(handler, message));
  send({ type: 'ready' });
}

function receive(handler: Handler, message: ToEnvironment): void {
  if (message.type === 'written') response.taken();
  else if (message.type === 'consumer-gone') response.destroy();
  else void invoke(handler, message);
}

async function invoke(handler: Handler, invocation: Invoke): Promise<void> {
  response = new ResponseStream(send);
  try {
    await run(handler, JSON.parse(invocation.event), createContext({ env: process.env, ...invocation }));
    send({ type: 'done' });
  } catch (error) {
    process.stderr.write(`Invoke Error ${error instanceof Error ? error.stack : String(error)}\n`);
    send({ type: 'failed', error: describeError(error) });
  }
}

async function run(handler: Handler, event: unknown, context: object): Promise<void> {
  if (isStreaming(handler)) {
    await handler(event, response, context);
  } else {
    const result = await handler(event, context);
    response.write(JSON.stringify(result) ?? 'null');
    response.end();
  }
  await response.finished();
}

function failInit(error: unknown): undefined {
  process.stderr.write(`Init Error ${error instanceof Error ? error.stack : String(error)}\n`);
  send({ type: 'init-failed', error: describeError(error) });
}

function describeError(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}

function send(message: FromEnvironment): void {
  // A closed channel means that the parent is gone; 'disconnect' ends this process.
  if (process.connected) process.send?.(message);
}
