import { SdkHttpError } from '@modelcontextprotocol/client';
import { LRUCache } from 'lru-cache';
import type { UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';

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

/** The specification says 404; the reference server of the SDK says 400 and explains. */
export function isSessionExpired({ sessionId }: Connection, error: unknown): boolean {
  if (sessionId === undefined || !(error instanceof SdkHttpError)) return false;
  return error.status === 404 || (error.status === 400 && /session/i.test(String(error.data.text)));
}

function keyOf({ tenantId, serverId, revision }: UpstreamTarget): string {
  return JSON.stringify([tenantId, serverId, revision]);
}
