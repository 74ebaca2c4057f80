import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { HttpAnswer } from './http-stack.ts';

/** Headers of one connection (RFC 9110 section 7.6.1), and the length, which the gateway finds out itself. */
const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const BODILESS = new Set([204, 205, 304]);

/**
 * Writes an answer to Lambda's response stream, no faster than it is taken. Throws when its body breaks off or the
 * signal aborts; the body is cancelled then, and the stream left unfinished.
 */
export async function sendAnswer(
  stream: Writable,
  { statusCode, headers, body }: HttpAnswer,
  signal: AbortSignal,
): Promise<void> {
  const endToEnd = Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase())));
  const out = awslambda.HttpResponseStream.from(stream, { statusCode, headers: endToEnd });
  // Status and headers travel with the first write and with nothing else, so that there is one even without a body.
  out.write('');
  for await (const chunk of chunksOf(BODILESS.has(statusCode) ? null : body, signal)) {
    if (!out.write(chunk)) await once(out, 'drain', { signal });
  }
  // Lambda's runtime would drop a chunk that is given to `end`.
  out.end();
}

async function* chunksOf(body: HttpAnswer['body'], signal: AbortSignal): AsyncGenerator<Uint8Array | string> {
  if (body === null || body === '') return;
  if (typeof body === 'string') {
    yield body;
    return;
  }
  const reader = body.getReader();
  // A read that waits ends with it.
  const cancel = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}
