/** What is known of a server by how the last calls over its connection went. */
export interface Circuit {
  /** Calls in a row that it did not answer. */
  readonly failures: number;
  /** Epoch milliseconds until which it is not called; 0 if it always was. */
  readonly openUntil: number;
}

/** Nothing speaks against calling. */
export const CLOSED: Circuit = { failures: 0, openUntil: 0 };
