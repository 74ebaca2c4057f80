import type { CatalogHead, CatalogTool } from '../catalog/catalog.ts';
import type { LearnedDuration } from '../catalog/learned-duration.ts';
import type { Permissions } from '../catalog/permissions.ts';
import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import type { SystemRows } from '../system/system-rows.ts';
import type { Circuit } from '../upstreams/circuit.ts';

/** What there is under a slug. */
export interface ServerSubject {
  readonly server: Server | undefined;
  /** What discovery learned of this very server; undefined when it was never synced or its catalog has expired. */
  readonly head: CatalogHead | undefined;
  readonly circuit: Circuit;
  /** Where the read took a call from the limits: gives it back, once, when it is not made after all. Never fails. */
  readonly giveBack?: () => Promise<void>;
  /** The rows of the system server of this slug, where there is one. */
  readonly system?: SystemRows;
}

/** Everything that decides about one call of a tool. */
export interface CallSubject extends ServerSubject {
  readonly permissions: Permissions;
  readonly tool: CatalogTool | undefined;
  /** What was learned of a tool of this name, perhaps on an earlier server of this slug. */
  readonly learned?: LearnedDuration | undefined;
}

/** Each read is one round trip. */
export interface CallReader {
  read(tenantId: TenantId, slug: string, exposedName: string): Promise<CallSubject>;
  /** For what no permission and no approval decides about. */
  readServer(tenantId: TenantId, slug: string): Promise<ServerSubject>;
}
