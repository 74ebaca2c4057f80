import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import type { FullCatalog, Pins, ServerCatalog } from './catalog.ts';

/** The cache of what servers offer, and the durable pins that decide what of it may be used. */
export interface CatalogStore {
  /** Catalogs of all servers of a tenant, or of one. Expired ones are absent. */
  read(tenantId: TenantId, slug?: string): Promise<readonly ServerCatalog[]>;
  readPins(tenantId: TenantId, slug: string): Promise<Pins>;
  /**
   * Replaces a server's catalog, its pins and its `lastSync` in one transaction. `HubError('conflict')` when the server
   * was changed or deleted, or its pins were written, since they were read; `HubError('catalog_too_large')` when it does
   * not fit the table's limits.
   */
  commit(
    server: Server,
    catalog: FullCatalog,
    hashes: Readonly<Record<string, string>>,
    pinsVersion: number,
  ): Promise<void>;
  /** Accepts quarantined definitions: pins and catalog change together, under the same condition as `commit`. */
  approve(server: Server, tools: readonly ServerCatalog['tools'][number][], pins: Pins): Promise<void>;
  /** Forgets a deleted server's catalog. Repeatable; what it leaves behind is unreachable and expires. */
  remove(tenantId: TenantId, slug: string): Promise<void>;
}
