import { HubError } from '../hub-error.ts';
import type { Server } from '../servers/server.ts';
import type { Discovery } from '../upstreams/upstream.ts';
import { buildCatalog } from './build-catalog.ts';
import type { ServerCatalog } from './catalog.ts';
import type { CatalogStore, ServerWrite } from './catalog-store.ts';

export interface StoreDiscoveryDependencies {
  readonly catalog: CatalogStore;
  readonly now: () => number;
}

/** A server with the catalog that a discovery gave it. */
export interface SyncedServer {
  readonly server: Server;
  readonly catalog: ServerCatalog;
}

export type StoreDiscovery = ReturnType<typeof createStoreDiscovery>;

/**
 * Makes a discovery the catalog of its server, pinning what is new and quarantining what changed. The server is written
 * in the same step, so that a catalog that cannot be stored leaves no server behind and changes none.
 */
export function createStoreDiscovery({ catalog, now }: StoreDiscoveryDependencies) {
  return async (write: ServerWrite, discovery: Discovery): Promise<SyncedServer> => {
    try {
      return await commit(write, discovery);
    } catch (error) {
      // Another sync of this server may have written the pins meanwhile; its pins then decide. A second loss is real.
      if (error instanceof HubError && error.code === 'conflict') return commit(write, discovery);
      throw error;
    }
  };

  async function commit(write: ServerWrite, discovery: Discovery): Promise<SyncedServer> {
    const at = now();
    const server: Server = { ...write.server, lastSync: { state: 'ok', at } };
    const { tenantId, slug, serverId, revision, trustDefinitions } = server;
    const [pins, stored] = await Promise.all([catalog.readPins(tenantId, slug), catalog.read(tenantId, slug)]);
    const previous = stored.find(({ head }) => head.serverId === serverId)?.tools ?? [];
    const basis = { slug, serverId, revision, trustDefinitions, pinned: pins.hashes, previous, now: at };
    const built = buildCatalog(discovery, basis);
    await catalog.commit({ ...write, server }, built.catalog, built.hashes, pins.version);
    return { server, catalog: built.catalog };
  }
}
