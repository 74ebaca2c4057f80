import { HubError } from '../hub-error.ts';
import type { Server } from '../servers/server.ts';
import type { Discovery } from '../upstreams/upstream.ts';
import { buildCatalog } from './build-catalog.ts';
import type { CatalogTool, ServerCatalog } from './catalog.ts';
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

/** Each lost race means that another sync won; so many may be under way at once. */
const MAX_RACES = 5;

/**
 * Makes a discovery the catalog of its server, pinning what is new and quarantining what changed. The server is written
 * in the same step, so that a catalog that cannot be stored leaves no server behind and changes none.
 */
export function createStoreDiscovery({ catalog, now }: StoreDiscoveryDependencies) {
  return async (write: ServerWrite, discovery: Discovery): Promise<SyncedServer> => {
    for (let race = 0; race < MAX_RACES; race += 1) {
      const stored = await commit(write, discovery);
      if (stored !== undefined) return stored;
    }
    throw new HubError('conflict', 'many syncs of this server are under way; try again', { retryAfterSeconds: 1 });
  };

  async function commit(write: ServerWrite, discovery: Discovery): Promise<SyncedServer | undefined> {
    const previous = await readPrevious(write.server);
    try {
      return await commitAfter(previous, write, discovery);
    } catch (error) {
      // What is remembered of earlier definitions only explains changes. It must not keep a server from being stored.
      const isTooLarge = error instanceof HubError && error.code === 'catalog_too_large';
      if (isTooLarge && previous.length > 0) return commitAfter([], write, discovery);
      throw error;
    }
  }

  async function readPrevious({ tenantId, slug, serverId }: Server): Promise<readonly CatalogTool[]> {
    const stored = await catalog.readLatest(tenantId, slug);
    return stored?.head.serverId === serverId ? stored.tools : [];
  }

  /** Undefined when another sync wrote the pins since they were read; they then decide about this one. */
  async function commitAfter(
    previous: readonly CatalogTool[],
    write: ServerWrite,
    discovery: Discovery,
  ): Promise<SyncedServer | undefined> {
    const at = now();
    const server: Server = { ...write.server, lastSync: { state: 'ok', at } };
    const { tenantId, slug, serverId, revision, trustDefinitions } = server;
    const pins = await catalog.readPins(tenantId, slug);
    const basis = { slug, serverId, revision, trustDefinitions, pinned: pins.hashes, previous, now: at };
    const built = buildCatalog(discovery, basis);
    const isStored = await catalog.commit({ ...write, server }, built.catalog, built.hashes, pins.version);
    return isStored ? { server, catalog: built.catalog } : undefined;
  }
}
