import * as z from 'zod/mini';
import { HubError } from '../hub/hub-error.ts';
import type { JsonObject } from '../hub/json.ts';
import type { Exchange, ExchangeBasis } from './exchange.ts';

/** A JSON-RPC method of the MCP face. */
export interface McpMethod {
  /** What the caller's token must allow. */
  readonly scope: 'tools:read' | 'tools:call';
  /** Belongs to an extension of revision 2026-07-28; what an earlier one may have called so is something else. */
  readonly extension?: true;
  /** The schema that says which arguments a modern request mirrors into headers, where there is one. */
  inputSchema?(params: unknown, basis: ExchangeBasis): Promise<unknown>;
  handle(params: unknown, exchange: Exchange): Promise<JsonObject>;
}

export type McpMethods = Readonly<Record<string, McpMethod>>;

/**
 * What the hub lists changes with a synchronization or a setting, and nobody is told; a client that asks again after
 * this time is not far behind. Shown for the caller alone: lists depend on the tenant.
 */
export const LIST_FRESHNESS = { ttlMs: 60_000, cacheScope: 'private' } as const;

export const listParams = z.object({ cursor: z.optional(z.string()) });

/** The params by their schema; members that the schema does not know, such as `_meta`, are left out. */
export function paramsOf<S extends z.core.$ZodType>(schema: S, params: unknown): z.output<S> {
  const parsed = z.safeParse(schema, params ?? {});
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('/') ?? '';
  throw new HubError('invalid_request', `the params are not those of this method: see /${path}`);
}
