import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { Permissions, VersionedPermissions } from './permissions.ts';
import type { TenantConfigStore } from './tenant-config.ts';

/** Replaces a tenant's permissions; with an expected version, only if they are still those. */
export function createSetPermissions(config: TenantConfigStore) {
  return async (
    tenantId: TenantId,
    permissions: Permissions,
    expectedVersion: number | undefined,
  ): Promise<VersionedPermissions> => {
    const current = await config.readPermissions(tenantId);
    if (expectedVersion !== undefined && expectedVersion !== current.version) {
      throw new HubError('precondition_failed', 'the permissions were changed since you read them; read them again');
    }
    return { permissions, version: await config.writePermissions(tenantId, permissions, current.version) };
  };
}
