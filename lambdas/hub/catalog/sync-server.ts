import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { SecretBox } from '../servers/secret-box.ts';
import { openServerSecret } from '../servers/server-secret.ts';
import type { ServerStore } from '../servers/server-store.ts';
import type { Upstream, UpstreamContext } from '../upstreams/upstream.ts';
import { serverNotFound } from './change-server.ts';
import type { StoreDiscovery, SyncedServer } from './store-discovery.ts';

export interface SyncServerDependencies {
  readonly servers: ServerStore;
  readonly box: SecretBox;
  readonly upstream: Upstream;
  readonly storeDiscovery: StoreDiscovery;
  readonly now: () => number;
}

/** Asks a registered server again what it offers. The catalog it had stays when the server does not answer. */
export function createSyncServer({ servers, box, upstream, storeDiscovery, now }: SyncServerDependencies) {
  return async (tenantId: TenantId, slug: string, context: UpstreamContext): Promise<SyncedServer> => {
    const server = await servers.get(tenantId, slug);
    if (server === undefined) throw serverNotFound(slug);
    if (!server.enabled) {
      throw new HubError('server_disabled', `the server "${slug}" is disabled; enable it before you sync it`);
    }
    const secret = await openServerSecret(box, server, server.sealedSecret);
    try {
      return await storeDiscovery(
        server,
        await upstream.discover({ ...server, secret, negotiated: undefined }, context),
      );
    } catch (error) {
      if (error instanceof HubError) {
        await servers.recordSync(server, { state: 'failed', at: now(), code: error.code });
      }
      throw error;
    }
  };
}
