/** The moment by which the answer must be on its way. One object is threaded through all ports of a request. */
export interface Deadline {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Aborts at the deadline, or earlier when the caller goes away. */
  readonly signal: AbortSignal;
}
