import type { CatalogStore } from '../catalog/catalog-store.ts';
import { systemCatalog } from './system-catalog.ts';
import { SYSTEM_SERVERS } from './system-servers.ts';
import { systemServerId } from './tenant-system-server.ts';

type ReadCatalogs = Pick<CatalogStore, 'read' | 'readOffers'>;

/** The catalogs of a tenant's own servers, and those that the code has. A server's id tells whose catalog it is. */
export function createSystemCatalogs<C extends ReadCatalogs>(catalog: C): C {
  const added: ReadCatalogs = {
    async read(tenantId, slug) {
      return [...(await catalog.read(tenantId, slug)), ...wanted(slug).map(systemCatalog)];
    },
    async readOffers(tenantId, kind, slug) {
      const none = wanted(slug).map((server) => ({
        slug: server.slug,
        serverId: systemServerId(server.slug),
        definitions: [],
      }));
      return [...(await catalog.readOffers(tenantId, kind, slug)), ...none];
    },
  };
  return { ...catalog, ...added };
}

function wanted(slug: string | undefined) {
  return SYSTEM_SERVERS.filter((server) => (slug ?? server.slug) === server.slug);
}
