import type { MissingServer } from './missing-servers.ts';

/** A page of a list as answers show it; `member` holds its items. */
export function presentPage(
  member: string,
  items: readonly Record<string, unknown>[],
  { nextCursor, missing }: { readonly nextCursor: string | undefined; readonly missing: readonly MissingServer[] },
): Record<string, unknown> {
  return {
    [member]: items,
    ...(nextCursor === undefined ? {} : { nextCursor }),
    partial: missing.length > 0,
    ...(missing.length === 0 ? {} : { missing }),
  };
}
