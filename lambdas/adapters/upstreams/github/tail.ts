import type { GithubAnswer } from '../../../hub/system/github/github-tool.ts';

/** More than is ever shown, in whatever alphabet. */
const MAX_TAIL_BYTES = 512 * 1024;

/** Reads to the end, and keeps no more of it than is shown. */
export async function tailOf(stream: ReadableStream<Uint8Array>): Promise<GithubAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isTail = false;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.byteLength;
    while (size - (chunks[0]?.byteLength ?? 0) >= MAX_TAIL_BYTES) {
      size -= chunks.shift()?.byteLength ?? 0;
      isTail = true;
    }
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return { data: isTail ? text.slice(text.indexOf('\n') + 1) : text, isTail, nextPage: undefined };
}
