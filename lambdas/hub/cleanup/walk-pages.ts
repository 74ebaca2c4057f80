import type { CleanupReport } from './clean-up.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined on the last page. */
  readonly cursor: string | undefined;
}

/** Takes page after page, at least one, and tells where there was no time to go on. */
export async function walkPages<T>(
  from: string | undefined,
  walk: {
    readonly read: (cursor: string | undefined) => Promise<Page<T>>;
    readonly visit: (items: readonly T[]) => Promise<void>;
    readonly hasTime: () => boolean;
  },
): Promise<CleanupReport['rest']> {
  let cursor = from;
  do {
    const page = await walk.read(cursor);
    await walk.visit(page.items);
    cursor = page.cursor;
    if (cursor === undefined) return undefined;
  } while (walk.hasTime());
  return { cursor };
}
