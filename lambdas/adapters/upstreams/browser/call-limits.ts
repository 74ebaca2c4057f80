/** What one call may use up. */
export interface CallLimits {
  readonly requests: number;
  /** Characters of the address of each request, which pages make longer than people do. */
  readonly urlLength: number;
  /** Bodies of all requests and responses of all pages together, decoded. */
  readonly bodyBytes: number;
  /** Everything that the browser sends to the hub: the bodies that pages send, pictures and documents included. */
  readonly relayedBytes: number;
  /** Tabs and popups together, closed ones included; what is opened beyond them is closed at once. */
  readonly pages: number;
  /** Pictures and documents of one result together, before they are encoded for JSON. */
  readonly artifactBytes: number;
  /**
   * Of all that the steps add to one result, as JSON. Between it and the 5 MB of a result there is room for what each step
   * is called and why the last one failed.
   */
  readonly resultBytes: number;
  /** Of each text in a result. */
  readonly textLength: number;
  /** Of the console's lines, and of the requests that are listed. */
  readonly listed: number;
  readonly connectMs: number;
  /** Redirects of a document or of another request, one after the other. */
  readonly hops: number;
  /** Of each step, and of each request of a page; the deadline may end it earlier. */
  readonly stepMs: number;
}

export const CALL_LIMITS: CallLimits = {
  requests: 500,
  urlLength: 16_384,
  bodyBytes: 25_000_000,
  relayedBytes: 60_000_000,
  pages: 10,
  // In base64 a third larger, beside which some texts find room.
  artifactBytes: 3_300_000,
  resultBytes: 4_800_000,
  textLength: 60_000,
  listed: 200,
  connectMs: 10_000,
  hops: 10,
  stepMs: 15_000,
};

/** A page asked for more than a call may use. */
export class ExceededError extends Error {
  override readonly name = 'ExceededError' as const;
}

export interface Budget {
  takeRequest(): void;
  takeBytes(count: number): void;
}

/** Counts down for one call; throws `ExceededError` from the moment on when nothing is left. */
export function createBudget({ requests, bodyBytes }: Pick<CallLimits, 'requests' | 'bodyBytes'>): Budget {
  let requestsLeft = requests;
  let bytesLeft = bodyBytes;
  return {
    takeRequest() {
      if (--requestsLeft < 0) throw new ExceededError(`more than ${requests} requests`);
    },
    takeBytes(count) {
      bytesLeft -= count;
      if (bytesLeft < 0) throw new ExceededError(`more than ${bodyBytes} bytes`);
    },
  };
}
