import type { TenantId } from '../principal.ts';
import type { ServerStore } from '../servers/server-store.ts';
import type { CatalogStore } from './catalog-store.ts';
import { serverNotFound } from './change-server.ts';

/** The registry decides: once the row is gone nothing of the server is reachable, whatever is left of its catalog. */
export function createRemoveServer({ servers, catalog }: { servers: ServerStore; catalog: CatalogStore }) {
  return async (tenantId: TenantId, slug: string): Promise<void> => {
    const server = await servers.get(tenantId, slug);
    if (server === undefined) throw serverNotFound(slug);
    await servers.delete(server);
    await catalog.remove(tenantId, slug);
  };
}
