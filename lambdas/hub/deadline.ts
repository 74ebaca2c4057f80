/** The moment by which the answer must be on its way. One object is threaded through all ports of a request. */
export interface Deadline {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Aborts at the deadline, or earlier when the caller goes away. */
  readonly signal: AbortSignal;
}

/** The same, but for so many milliseconds that are needed afterwards. */
export function earlier({ at, signal }: Deadline, milliseconds: number, now: number): Deadline {
  const remaining = Math.max(0, at - milliseconds - now);
  return { at: now + remaining, signal: AbortSignal.any([signal, AbortSignal.timeout(remaining)]) };
}
