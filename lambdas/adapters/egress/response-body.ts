import type { IncomingMessage } from 'node:http';
import { type Duplex, finished, pipeline, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { EgressError } from './egress-error.ts';

const DECODERS: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The decoder of a response's content coding, `undefined` for none. Stacked codings are not offered, so not accepted. */
export function decoderOf(message: IncomingMessage): (() => Duplex) | undefined {
  const coding = (message.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'identity' || coding === '') return undefined;
  if (!Object.hasOwn(DECODERS, coding)) throw new EgressError('UNSUPPORTED_ENCODING');
  return DECODERS[coding];
}

/**
 * The decoded body as a web stream. At most `maxBytes` pass, on the wire as well as decoded; memory holds a few chunks,
 * whatever the size. `explain` turns what broke the stream into what the reader is told.
 */
export function bodyOf(
  message: IncomingMessage,
  decoder: (() => Duplex) | undefined,
  maxBytes: number,
  explain: (error: unknown) => unknown,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const last = limitBytes(maxBytes);
  // Every failure also reaches the reader, as the error of the last stream.
  const reported = () => {};
  if (decoder === undefined) pipeline(message, last, reported);
  else pipeline(message, limitBytes(maxBytes), decoder(), last, reported);
  const chunks: AsyncIterator<Uint8Array<ArrayBuffer>> = last[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const next = await chunks.next();
          if (next.done) controller.close();
          else controller.enqueue(next.value);
        } catch (error) {
          controller.error(explain(error));
        }
      },
      cancel() {
        // A response that is already here in full leaves its socket usable; any other ends with its socket.
        if (message.complete) last.resume();
        else last.destroy();
        return new Promise((resolve) => finished(last, () => resolve()));
      },
    },
    { highWaterMark: 0 },
  );
}

function limitBytes(maxBytes: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      passed += chunk.byteLength;
      if (passed > maxBytes) done(new EgressError('RESPONSE_TOO_LARGE'));
      else done(null, chunk);
    },
  });
}
