import type { IncomingMessage } from 'node:http';
import { GatewayError } from './gateway-error.ts';

const LIMIT_BYTES = 10 * 1024 * 1024;

/** Reads the body that API Gateway accepts: at most 10 MB. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest is read and dropped: a client that is still sending would not see the answer otherwise.
    if (size <= LIMIT_BYTES) chunks.push(chunk);
  }
  if (size <= LIMIT_BYTES) return Buffer.concat(chunks);
  throw new GatewayError('REQUEST_TOO_LARGE', { message: `HTTP content length exceeded ${LIMIT_BYTES} bytes.` });
}
