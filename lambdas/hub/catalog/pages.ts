import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';

/** A page ends early at this size: a Lambda answer may have 6 MB, and its JSON is escaped once more on the way. */
const MAX_PAGE_BYTES = 2.5 * 1024 * 1024;
/** What the hub adds to a definition. */
const ADDED_BYTES = 512;

export interface PageBounds {
  readonly limit: number;
  /** What the page before ended with, out of {@link readCursor}. */
  readonly after: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextCursor: string | undefined;
}

/** What pages need to know of an item. */
export interface PageItem {
  /** What it is exposed as, which no other is. */
  readonly exposed: string;
  readonly definition: JsonObject;
}

/**
 * One page, bounded in items and in bytes. Ordered by code unit, so that the order is the same everywhere; a cursor is
 * what the page before ended with, so that it stays right when items come and go between pages.
 */
export function pageOf<T extends PageItem>(items: readonly T[], { limit, after }: PageBounds): Page<T> {
  const ordered = items.toSorted((a, b) => (a.exposed < b.exposed ? -1 : 1));
  const rest = after === undefined ? ordered : ordered.filter(({ exposed }) => exposed > after);
  const page = firstOf(rest, limit);
  const last = page.length < rest.length ? page.at(-1) : undefined;
  return { items: page, nextCursor: last && encodeCursor(last.exposed) };
}

/** The cursor of a query, if it has one, as what the page before ended with. */
export function readCursor(cursor: string | undefined, isExposed: (text: string) => boolean): string | undefined {
  if (cursor === undefined) return undefined;
  const exposed = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!isExposed(exposed) || encodeCursor(exposed) !== cursor) {
    throw new HubError('invalid_request', 'the cursor is not one that this list gave; start again without it');
  }
  return exposed;
}

function encodeCursor(exposed: string): string {
  return Buffer.from(exposed).toString('base64url');
}

function firstOf<T extends PageItem>(items: readonly T[], limit: number): readonly T[] {
  let bytes = 0;
  const end = items.slice(0, limit).findIndex(({ exposed, definition }) => {
    bytes += Buffer.byteLength(JSON.stringify(definition)) + Buffer.byteLength(exposed) + ADDED_BYTES;
    return bytes > MAX_PAGE_BYTES;
  });
  return items.slice(0, end === -1 ? limit : Math.max(end, 1));
}
