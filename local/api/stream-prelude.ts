/** The prelude ends with eight zero bytes, which API Gateway must find early. */
const DELIMITER = Buffer.alloc(8);
const LIMIT_BYTES = 16 * 1024;

export type PreludeState =
  | { readonly state: 'incomplete' }
  | { readonly state: 'malformed' }
  | { readonly state: 'complete'; readonly prelude: string; readonly rest: Buffer };

/** Collects the first bytes of a streamed response until its prelude is complete. */
export function createPreludeReader(): { push(bytes: Uint8Array): PreludeState } {
  let seen = Buffer.alloc(0);
  return {
    push(bytes) {
      seen = Buffer.concat([seen, bytes]);
      const end = seen.indexOf(DELIMITER);
      if (end < 0) return seen.length > LIMIT_BYTES ? { state: 'malformed' } : { state: 'incomplete' };
      return {
        state: 'complete',
        prelude: seen.subarray(0, end).toString('utf8'),
        rest: seen.subarray(end + DELIMITER.length),
      };
    },
  };
}
