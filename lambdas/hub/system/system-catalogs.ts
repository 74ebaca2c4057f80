import type { CatalogStore } from '../catalog/catalog-store.ts';
import { systemCatalog } from './system-catalog.ts';
import type { SystemServer } from './system-server.ts';
import { loadSystemServers } from './system-servers.ts';
import { systemServerId } from './tenant-system-server.ts';

type ReadCatalogs = Pick<CatalogStore, 'read' | 'readOffers'>;

/** The catalogs of a tenant's own servers, and those that the code has. A server's id tells whose catalog it is. */
export function createSystemCatalogs<C extends ReadCatalogs>(catalog: C): C {
  const added: ReadCatalogs = {
    async read(tenantId, slug) {
      const [own, known] = await Promise.all([catalog.read(tenantId, slug), wanted(slug)]);
      return [...own, ...known.map(systemCatalog)];
    },
    async readOffers(tenantId, kind, slug) {
      const [own, known] = await Promise.all([catalog.readOffers(tenantId, kind, slug), wanted(slug)]);
      const none = known.map((server) => ({
        slug: server.slug,
        serverId: systemServerId(server.slug),
        definitions: [],
      }));
      return [...own, ...none];
    },
  };
  return { ...catalog, ...added };
}

async function wanted(slug: string | undefined): Promise<readonly SystemServer[]> {
  return (await loadSystemServers()).filter((server) => (slug ?? server.slug) === server.slug);
}
