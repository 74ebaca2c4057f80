import type { TenantId } from '../principal.ts';
import type { LastSync, Server } from './server.ts';

/** The registry of servers. Every write is conditional; a lost race is `HubError('conflict')`. */
export interface ServerStore {
  get(tenantId: TenantId, slug: string): Promise<Server | undefined>;
  /** `HubError('slug_taken')` when the tenant has a server of that slug. */
  create(server: Server): Promise<void>;
  /** Replaces exactly the version that the change was made from; `lastSync` only where one is given. */
  replace(server: Server, expectedVersion: number, lastSync?: LastSync): Promise<void>;
  /** Notes the outcome of a sync on the server it was made for; a server deleted, replaced or disabled meanwhile is left alone. */
  recordSync(server: Server, lastSync: LastSync): Promise<void>;
  /** Removes the server with its pinned definitions. */
  delete(server: Server): Promise<void>;
}
