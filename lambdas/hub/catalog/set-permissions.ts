import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { ExpectedVersion } from '../servers/expected-version.ts';
import type { Permissions, VersionedPermissions } from './permissions.ts';
import type { TenantConfigStore } from './tenant-config.ts';

/** A tenant has one set of permissions, from its first day. */
export const PERMISSIONS_ID = 'permissions';

/** Replaces a tenant's permissions; with an expected version, only if they are still those. */
export function createSetPermissions(config: TenantConfigStore) {
  return async (
    tenantId: TenantId,
    permissions: Permissions,
    expected: ExpectedVersion | undefined,
  ): Promise<VersionedPermissions> => {
    const current = await config.readPermissions(tenantId);
    if (expected !== undefined && (expected.id !== PERMISSIONS_ID || expected.version !== current.version)) {
      throw new HubError('precondition_failed', 'the permissions were changed since you read them; read them again');
    }
    return { permissions, version: await config.writePermissions(tenantId, permissions, current.version) };
  };
}
