import * as z from 'zod/mini';
import { ownMembers } from '../own-members.ts';

const stateSchema = z.enum(['enabled', 'disabled']);

const toolNameSchema = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9-]{0,23}_[A-Za-z0-9_-]{1,62}$/, 'must be a tool name as GET /v1/tools shows it'));

const toolStatesSchema = z
  .record(toolNameSchema, stateSchema)
  .check(z.refine((tools) => Object.keys(tools).length <= 2000, 'at most 2000 tools'));

/** Body of `PUT /v1/permissions`: replaces the tenant's permissions as a whole. */
export const permissionsSchema = z.strictObject({
  /** State of every tool that is not named. */
  default: z._default(stateSchema, 'enabled'),
  /** Exposed tool name to state. */
  tools: z._default(ownMembers(toolStatesSchema), {}),
  /** Exposed names of tools that may be called again where nobody knows whether a call before had an effect. */
  safeToRepeat: z.optional(z.array(toolNameSchema).check(z.maxLength(2000))),
});

/** Which tools of a tenant may be seen and called. */
export type Permissions = z.infer<typeof permissionsSchema>;

/** A stored value with the version that a later write must name. Version 0 means nothing is stored. */
export interface VersionedPermissions {
  readonly permissions: Permissions;
  readonly version: number;
}

/** A tenant that never set anything may use all of its tools. */
export const INITIAL_PERMISSIONS: VersionedPermissions = {
  permissions: { default: 'enabled', tools: {} },
  version: 0,
};

export function isToolEnabled(permissions: Permissions, exposedName: string): boolean {
  const own = Object.hasOwn(permissions.tools, exposedName) ? permissions.tools[exposedName] : undefined;
  return (own ?? permissions.default) === 'enabled';
}

/** Whether the tenant said that calling the tool twice does no harm; that nothing was said means that it does. */
export function isSafeToRepeat({ safeToRepeat = [] }: Permissions, exposedName: string): boolean {
  return safeToRepeat.includes(exposedName);
}
