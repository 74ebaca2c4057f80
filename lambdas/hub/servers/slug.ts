import * as z from 'zod/mini';

/** Words that are path segments beside `{slug}`, and the hub's own names. */
const RESERVED_SLUGS: ReadonlySet<string> = new Set(['health', 'hub', 'nexus']);

/** Without an underscore, so that the first underscore of an exposed tool name always ends the slug. */
export const slugSchema = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9-]{0,23}$/, 'must start with a letter and be 1 to 24 of a-z, 0-9 and -'));

export function isReservedSlug(slug: string): boolean {
  return RESERVED_SLUGS.has(slug);
}
