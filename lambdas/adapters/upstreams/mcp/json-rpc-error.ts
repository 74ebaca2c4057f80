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
