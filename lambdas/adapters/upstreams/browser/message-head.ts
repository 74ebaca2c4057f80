import type { Socket } from 'node:net';
import { EgressError } from '../../egress/egress-error.ts';

const END = Buffer.from('\r\n\r\n');

/** Request or status line, and header lines as they were sent. */
export interface MessageHead {
  readonly start: string;
  readonly headers: readonly string[];
}

/** Reads an HTTP message up to the empty line and leaves what follows in the socket. */
export async function readHead(socket: Socket, maxBytes: number): Promise<MessageHead> {
  const read: Buffer[] = [];
  for (;;) {
    const chunk = await nextChunk(socket);
    read.push(chunk);
    const all = Buffer.concat(read);
    const end = all.indexOf(END);
    if (end >= 0 && end <= maxBytes) {
      const rest = all.subarray(end + END.length);
      if (rest.length > 0) socket.unshift(rest);
      const [start = '', ...headers] = all.subarray(0, end).toString('latin1').split('\r\n');
      return { start, headers };
    }
    if (all.length > maxBytes) throw new EgressError('RESPONSE_TOO_LARGE');
  }
}

export function headerOf({ headers }: MessageHead, name: string): string | null {
  const prefix = `${name}:`;
  return (
    headers
      .find((line) => line.toLowerCase().startsWith(prefix))
      ?.slice(prefix.length)
      .trim() ?? null
  );
}

export function writeHead(socket: Socket, { start, headers }: MessageHead): void {
  socket.write([start, ...headers, '', ''].join('\r\n'), 'latin1');
}

function nextChunk(socket: Socket): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const onReadable = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) resolve(chunk);
  };
  const onEnd = () => reject(new EgressError('CONNECTION_LOST'));
  socket.on('readable', onReadable).once('end', onEnd).once('close', onEnd);
  onReadable();
  return promise.finally(() => socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd));
}
