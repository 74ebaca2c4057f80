import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import type { OwnCredential } from '../system/system-rows.ts';
import type { Permissions, VersionedPermissions } from './permissions.ts';

/** What a tenant has configured: all its servers and its permissions. */
export interface TenantConfig {
  readonly servers: readonly Server[];
  readonly permissions: VersionedPermissions;
}

/** As it is stored. */
export interface StoredTenantConfig extends TenantConfig {
  /** What it brought for system servers. */
  readonly ownCredentials: readonly OwnCredential[];
}

export interface TenantConfigStore {
  /** One read, however many servers there are. */
  read(tenantId: TenantId): Promise<TenantConfig>;
  readPermissions(tenantId: TenantId): Promise<VersionedPermissions>;
  /** Replaces exactly the version that was read; `HubError('conflict')` otherwise. Answers the new version. */
  writePermissions(tenantId: TenantId, permissions: Permissions, expectedVersion: number): Promise<number>;
}

export interface StoredTenantConfigStore extends TenantConfigStore {
  read(tenantId: TenantId): Promise<StoredTenantConfig>;
}
