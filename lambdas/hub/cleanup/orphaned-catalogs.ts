import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import type { ServerStore } from '../servers/server-store.ts';
import { systemServerId } from '../system/tenant-system-server.ts';
import type { CleanUpTask } from './clean-up.ts';
import { type Page, walkPages } from './walk-pages.ts';

/** An item of a catalog, as far as one sees whose it is. */
export interface CatalogPart {
  readonly tenantId: TenantId;
  readonly slug: string;
  /** Undefined on parts from before they told it: whatever server has the slug may have them. */
  readonly serverId: string | undefined;
  /** The sort key of the item. */
  readonly name: string;
  /** Which write it is of; undefined for what was learned of a server apart from its catalog. */
  readonly commitId: string | undefined;
}

/** The catalogs of all tenants, item by item. */
export interface CatalogParts {
  page(cursor: string | undefined): Promise<Page<CatalogPart>>;
  /** False when it was written anew meanwhile; then nothing is removed. */
  remove(part: CatalogPart): Promise<boolean>;
}

export interface OrphanedCatalogsDependencies {
  readonly parts: CatalogParts;
  readonly servers: Pick<ServerStore, 'get'>;
  readonly now: () => number;
}

/**
 * Removes what servers left behind that no longer exist. The registry is asked after the item was read: a server and its
 * catalog are written together, so that an item without a server then belongs to none, whatever is added meanwhile. Servers
 * of the deployment are in no registry of a tenant, and always there.
 */
export function createRemoveOrphanedCatalogs({ parts, servers, now }: OrphanedCatalogsDependencies): CleanUpTask {
  return async (cursor, deadline) => {
    let removed = 0;
    const visit = async (items: readonly CatalogPart[]): Promise<void> => {
      const bySlug = Map.groupBy(items, ({ tenantId, slug }) => `${tenantId}#${slug}`);
      const counts = await Promise.all([...bySlug.values()].map(removeOrphans));
      removed += counts.reduce((sum, count) => sum + count, 0);
    };
    const rest = await walkPages(cursor, { read: parts.page, visit, hasTime: () => now() < deadline.at });
    return { counts: { OrphanedCatalogItemsRemoved: removed }, rest };
  };

  /** Of parts of one slug; answers how many there were. */
  async function removeOrphans(found: readonly CatalogPart[]): Promise<number> {
    const [first] = found;
    if (first === undefined) return 0;
    const owner = await servers.get(first.tenantId, first.slug);
    const orphans = found.filter((part) => !isOf(part, owner));
    const removals = await Promise.all(orphans.map((part) => parts.remove(part)));
    return removals.filter(Boolean).length;
  }
}

function isOf({ slug, serverId }: CatalogPart, owner: Server | undefined): boolean {
  if (serverId === systemServerId(slug)) return true;
  return owner !== undefined && (serverId ?? owner.serverId) === owner.serverId;
}
