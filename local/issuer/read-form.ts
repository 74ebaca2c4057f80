import type { IncomingMessage } from 'node:http';

const LIMIT_BYTES = 10_000;

/** The fields of a posted form, as text. Of a form that is too large, none. */
export async function readForm(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LIMIT_BYTES) chunks.push(chunk);
  }
  return size > LIMIT_BYTES ? {} : Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
}
