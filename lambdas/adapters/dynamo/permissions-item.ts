import * as z from 'zod/mini';
import { INITIAL_PERMISSIONS, permissionsSchema, type VersionedPermissions } from '../../hub/catalog/permissions.ts';

const permissionsItemSchema = z.object({ permissions: permissionsSchema, version: z.number() });

export function permissionsFromItem(item: Readonly<Record<string, unknown>> | undefined): VersionedPermissions {
  return item === undefined ? INITIAL_PERMISSIONS : permissionsItemSchema.parse(item);
}
