import type { Deadline } from '../deadline.ts';
import { HubError } from '../hub-error.ts';
import { refreshAt } from '../servers/refresh-time.ts';
import type { ServerStore } from '../servers/server-store.ts';
import { discoveryContext } from './discovery-context.ts';
import type { ServerName } from './due-servers.ts';
import { isNoted, type SyncServer } from './sync-server.ts';

export interface RefreshServerDependencies {
  readonly servers: Pick<ServerStore, 'get'>;
  readonly syncServer: SyncServer;
  readonly intervalMs: number;
  readonly now: () => number;
}

/**
 * `failed` is noted on the server, and it is tried again later; `moved` means that somebody changed or synchronized it
 * meanwhile. The others were left alone: deleted, disabled, or asked a moment ago.
 */
export type RefreshOutcome = 'refreshed' | 'failed' | 'moved' | 'gone' | 'disabled' | 'fresh';

/** Synchronizes a server if it is still due, as its tenant would: pins decide, and changed definitions wait for approval. */
export function createRefreshServer({ servers, syncServer, intervalMs, now }: RefreshServerDependencies) {
  return async ({ tenantId, slug, serverId }: ServerName, deadline: Deadline): Promise<RefreshOutcome> => {
    const server = await servers.get(tenantId, slug);
    if (server?.serverId !== serverId) return 'gone';
    const due = refreshAt(server, intervalMs);
    if (due === undefined) return 'disabled';
    if (due > now()) return 'fresh';
    try {
      await syncServer(tenantId, slug, undefined, discoveryContext({ deadline, via: [] }, now()));
      return 'refreshed';
    } catch (error) {
      return meaningOf(error);
    }
  };
}

function meaningOf(error: unknown): RefreshOutcome {
  if (!(error instanceof HubError)) throw error;
  if (error.code === 'server_not_found') return 'gone';
  if (error.code === 'server_disabled') return 'disabled';
  if (error.code === 'conflict') return 'moved';
  if (isNoted(error)) return 'failed';
  throw error;
}
