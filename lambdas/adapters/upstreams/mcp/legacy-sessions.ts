import { SdkHttpError } from '@modelcontextprotocol/client';
import { LRUCache } from 'lru-cache';
import type { UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';
import { jsonRpcErrorIn } from './json-rpc-error.ts';

/** Sessions with legacy servers that nobody is using, for the next call of the same tenant to the same server. */
export interface LegacySessions {
  /** Hands a session out for exclusive use: a legacy server tells concurrent answers apart by JSON-RPC id alone. */
  take(target: UpstreamTarget): Connection | undefined;
  put(target: UpstreamTarget, connection: Connection): void;
}

const MAX_SESSIONS = 100;
const MAX_IDLE_MS = 5 * 60_000;

/**
 * Lives as long as the execution environment. A session keeps its client, so that its JSON-RPC ids go on counting.
 * The clock is the wall's, because a frozen environment has no other that moves.
 */
export function createLegacySessions({ now }: { readonly now: () => number }): LegacySessions {
  const idle = new LRUCache<string, Connection>({
    max: MAX_SESSIONS,
    ttl: MAX_IDLE_MS,
    ttlResolution: 0,
    perf: { now },
    dispose: (connection, _key, reason) => {
      if (reason !== 'delete') void connection.end();
    },
  });
  return {
    take(target) {
      const key = keyOf(target);
      const connection = idle.get(key);
      if (connection !== undefined) idle.delete(key);
      return connection;
    },
    put: (target, connection) => void idle.set(keyOf(target), connection),
  };
}

/** Whether the server turned the request away for its session, before it looked at what was asked. */
export function isSessionExpired({ sessionId }: Pick<Connection, 'sessionId'>, error: unknown): boolean {
  if (sessionId === undefined || !(error instanceof SdkHttpError)) return false;
  return error.status === 404 || (error.status === 400 && isSessionRefusal(error.data.text));
}

/**
 * The specification says 404. With 400 answer the reference server "everything" and the SDK's examples, and the SDK's
 * transport after a restart, in exactly these words; any other 400 may come after an effect.
 */
const SESSION_REFUSALS: ReadonlySet<string> = new Set([
  'Bad Request: No valid session ID provided',
  'Bad Request: Server not initialized',
]);

function isSessionRefusal(body: unknown): boolean {
  const error = jsonRpcErrorIn(body);
  return error !== undefined && error.id === null && error.code === -32_000 && SESSION_REFUSALS.has(error.message);
}

function keyOf({ tenantId, serverId, revision }: UpstreamTarget): string {
  return JSON.stringify([tenantId, serverId, revision]);
}
