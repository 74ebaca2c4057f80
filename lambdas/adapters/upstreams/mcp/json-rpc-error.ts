import * as z from 'zod/mini';

const errorResponse = z.object({
  id: z.optional(z.unknown()),
  error: z.object({ code: z.int(), message: z.string(), data: z.optional(z.unknown()) }),
});

export interface JsonRpcError {
  /** Of the request that it answers; null where the server did not look at one. */
  readonly id: unknown;
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** The JSON-RPC error in the body of an HTTP error response, if that is what the body is. */
export function jsonRpcErrorIn(body: unknown): JsonRpcError | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    const { id = null, error } = errorResponse.parse(JSON.parse(body));
    return { id, ...error };
  } catch {
    return undefined;
  }
}

const MAX_LENGTH = 500;

/** An upstream's text, fit to be shown to the caller: bounded, without control characters and without the secrets. */
export function presentableText(text: string, secrets: readonly string[]): string {
  // A secret may contain another, and would not be found any more once that was replaced.
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  const discreet = longestFirst.reduce((result, secret) => result.replaceAll(secret, '[redacted]'), text);
  return discreet.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, MAX_LENGTH);
}
