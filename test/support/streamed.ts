import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { installAwsLambda } from '../../local/lambda/awslambda.ts';
import { ResponseStream } from '../../local/lambda/response-stream.ts';

installAwsLambda();

type Handler = (event: APIGatewayProxyEvent, stream: never, context: Context) => unknown;

interface StreamOptions {
  /** Time that the function has left. */
  readonly remainingMs?: number;
  /** False: the client takes nothing, until `take` is called. */
  readonly takes?: boolean;
}

/** Runs a streaming function as Lambda's runtime does, with a client that sees its response and may go away. */
export function streamed(handler: Handler, event: APIGatewayProxyEvent, options: StreamOptions = {}) {
  const { remainingMs = 10_000, takes = true } = options;
  let bytes = Buffer.alloc(0);
  const arrivals = new EventTarget();
  const stream = new ResponseStream((message) => {
    if (message.type !== 'chunk') return;
    bytes = Buffer.concat([bytes, message.bytes]);
    arrivals.dispatchEvent(new Event('arrival'));
    if (takes) setImmediate(() => stream.taken());
  });
  const ended = run();

  async function run(): Promise<void> {
    await handler(event, stream as never, { getRemainingTimeInMillis: () => remainingMs } as Context);
    if (stream.writableEnded) await stream.finished();
  }

  const seen = () => {
    const end = bytes.indexOf(Buffer.alloc(8));
    const head = end < 0 ? '{}' : bytes.subarray(0, end).toString();
    const { statusCode, headers } = JSON.parse(head) as { statusCode?: number; headers?: Record<string, string> };
    return { statusCode, headers: headers ?? {}, body: end < 0 ? '' : bytes.subarray(end + 8).toString() };
  };

  return {
    /** Of the handler. */
    ended,
    seen,
    isFinished: () => stream.writableFinished,
    leave: () => void stream.destroy(),
    /** Resolves when the client has seen this text. */
    async sees(text: string): Promise<void> {
      while (!seen().body.includes(text)) {
        await new Promise((resolve) => arrivals.addEventListener('arrival', resolve, { once: true }));
      }
    },
  };
}
