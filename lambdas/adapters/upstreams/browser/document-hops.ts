import type { Frame, Request } from 'playwright-core';
import { frameOf } from './place-of-request.ts';

/** Counts how often a frame is led on, one redirect after the other: the browser would stop at some time, a document does not. */
export interface DocumentHops {
  /** Another redirect; answers how many there were in a row. */
  next(request: Request): number;
  arrived(request: Request): void;
}

export function createDocumentHops(): DocumentHops {
  const hops = new WeakMap<Frame, number>();
  return {
    next(request) {
      const frame = frameOf(request);
      if (frame === undefined) return 1;
      const count = (hops.get(frame) ?? 0) + 1;
      hops.set(frame, count);
      return count;
    },
    arrived(request) {
      const frame = frameOf(request);
      if (frame !== undefined) hops.delete(frame);
    },
  };
}
