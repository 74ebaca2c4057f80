import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { FromEnvironment } from './environment-messages.ts';

/** What a function writes its response to; a chunk is sent only after the one before it has been taken. */
export class ResponseStream extends Writable {
  readonly #send: (message: FromEnvironment) => void;
  #prelude: Buffer | undefined;
  #taken: (() => void) | undefined;

  constructor(send: (message: FromEnvironment) => void) {
    super({ highWaterMark: 64 * 1024, decodeStrings: true });
    this.#send = send;
  }

  /** As in Lambda's runtime, the prelude travels with the first write, and without one it is never sent. */
  setPrelude(prelude: Buffer): void {
    this.#prelude = prelude;
  }

  /** As in Lambda's runtime, a chunk that is given to `end` is lost: only its callback counts. */
  override end(...args: readonly unknown[]): this {
    const callback = args.find((arg): arg is () => void => typeof arg === 'function');
    return super.end(callback);
  }

  /** The consumer has taken the last chunk. */
  taken(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  /** Resolves when everything has been taken, or when the consumer has gone. */
  async finished(): Promise<void> {
    if (!this.destroyed) await finished(this).catch(() => undefined);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#taken = done;
    this.#send({ type: 'chunk', bytes: this.#prelude === undefined ? chunk : Buffer.concat([this.#prelude, chunk]) });
    this.#prelude = undefined;
  }
}
