import type { TenantId } from '../principal.ts';
import type { OwnCredential, SystemState } from './system-rows.ts';

/** The rows of system servers. Every write is conditional on the version that was read; a lost race is `HubError('conflict')`. */
export interface SystemStore {
  /** Of all system servers. It belongs to no tenant, and every tenant reads it. */
  readStates(): Promise<readonly SystemState[]>;
  readState(slug: string): Promise<SystemState | undefined>;
  writeState(state: SystemState, expectedVersion: number): Promise<void>;
  readOwn(tenantId: TenantId, slug: string): Promise<OwnCredential | undefined>;
  writeOwn(tenantId: TenantId, own: OwnCredential, expectedVersion: number): Promise<void>;
  /** Deletes exactly the version that was read. */
  deleteOwn(tenantId: TenantId, own: OwnCredential): Promise<void>;
}
