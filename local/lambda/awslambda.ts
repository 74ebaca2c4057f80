import type { Handler } from './load-handler.ts';
import { ResponseStream } from './response-stream.ts';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const PRELUDE_DELIMITER = Buffer.alloc(8);

/** Defines the global `awslambda`, by which a function says that it streams its response. */
export function installAwsLambda(): void {
  Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream: { from } } });
}

export function isStreaming(handler: Handler): boolean {
  return STREAMING in handler;
}

function streamifyResponse(handler: Handler): Handler {
  return Object.assign(handler, { [STREAMING]: 'response' });
}

function from(stream: unknown, prelude: unknown): ResponseStream {
  if (!(stream instanceof ResponseStream)) throw new TypeError('HttpResponseStream.from needs the response stream');
  stream.setPrelude(Buffer.concat([Buffer.from(JSON.stringify(prelude)), PRELUDE_DELIMITER]));
  return stream;
}
