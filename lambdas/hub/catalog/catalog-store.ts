import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import type { CatalogTool, FullCatalog, OfferKind, Pins, ServerCatalog, ServerOffers } from './catalog.ts';

/** The server that a catalog is stored together with: new, with changed settings, or as it is. */
export type ServerWrite =
  | { readonly kind: 'create'; readonly server: Server }
  | { readonly kind: 'change'; readonly server: Server; readonly expectedVersion: number }
  | { readonly kind: 'sync'; readonly server: Server };

/** The cache of what servers offer, and the durable pins that decide what of it may be used. */
export interface CatalogStore {
  /** Catalogs of all servers of a tenant, or of one, perhaps a moment old. Expired ones are absent. */
  read(tenantId: TenantId, slug?: string): Promise<readonly ServerCatalog[]>;
  /** The catalog of one server as it was written last: what decisions are made from. */
  readLatest(tenantId: TenantId, slug: string): Promise<ServerCatalog | undefined>;
  /** What all servers of a tenant offer of one kind, or one of them, perhaps a moment old. Expired offers are absent. */
  readOffers<K extends OfferKind>(tenantId: TenantId, kind: K, slug?: string): Promise<readonly ServerOffers<K>[]>;
  readPins(tenantId: TenantId, slug: string): Promise<Pins>;
  /**
   * Stores a server, its catalog and its pins in one transaction, or nothing of them. Answers false when another sync or
   * approval wrote catalog or pins since they were read. `HubError('conflict')` when the server itself was changed or
   * deleted; `slug_taken` and `quota_exceeded` for a new one; `catalog_too_large` when it does not fit the table.
   */
  commit(
    write: ServerWrite,
    catalog: FullCatalog,
    hashes: ReadonlyMap<string, string>,
    pinsVersion: number,
  ): Promise<boolean>;
  /**
   * Accepts quarantined definitions: pins and catalog change together, or not at all. `HubError('definition_changed')`
   * when one of them is not what waits now, `HubError('conflict')` when something of the server moved meanwhile.
   */
  approve(server: Server, tools: readonly CatalogTool[], pins: Pins): Promise<void>;
  /** Forgets a deleted server's catalog, and only its own. What it leaves behind is unreachable and expires. */
  remove(server: Server): Promise<void>;
}
