import type { CatalogHead, CatalogTool } from '../catalog/catalog.ts';
import type { Permissions } from '../catalog/permissions.ts';
import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';

/** Everything that decides about one call. */
export interface CallSubject {
  readonly server: Server | undefined;
  readonly permissions: Permissions;
  /** What discovery learned of this very server; undefined when it was never synced or its catalog has expired. */
  readonly head: CatalogHead | undefined;
  readonly tool: CatalogTool | undefined;
}

export interface CallReader {
  /** One round trip. */
  read(tenantId: TenantId, slug: string, exposedName: string): Promise<CallSubject>;
}
