import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import { serverNotFound } from '../servers/server-refusals.ts';
import type { ServerCatalog } from './catalog.ts';
import type { CatalogStore } from './catalog-store.ts';
import type { TenantConfigStore } from './tenant-config.ts';

export interface ReadServerDependencies {
  readonly config: TenantConfigStore;
  readonly catalog: Pick<CatalogStore, 'read'>;
}

/** A server and, if it was ever synced, what it offers. Two reads in parallel. */
export function createReadServer({ config, catalog }: ReadServerDependencies) {
  return async (
    tenantId: TenantId,
    slug: string,
  ): Promise<{ readonly server: Server; readonly catalog: ServerCatalog | undefined }> => {
    const [{ servers }, catalogs] = await Promise.all([config.read(tenantId), catalog.read(tenantId, slug)]);
    const server = servers.find((candidate) => candidate.slug === slug);
    if (server === undefined) throw serverNotFound(slug);
    return { server, catalog: catalogs.find(({ head }) => head.serverId === server.serverId) };
  };
}
