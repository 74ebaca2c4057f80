import * as z from 'zod/mini';
import type { CatalogTool, ServerCatalog } from '../../hub/catalog/catalog.ts';
import { decodeHead, decodeTools } from './catalog-codec.ts';
import { bucketSortKey, isHeadSortKey, OFFER_NAMES } from './keys.ts';

const offersSchema = z.object(Object.fromEntries(Object.values(OFFER_NAMES).map((name) => [name, z.number()])));

/** The item that makes a catalog: it names the items that belong to it and the commit they were written by. */
export const headItemSchema = z.object({
  sk: z.string(),
  serverId: z.string(),
  commitId: z.string(),
  buckets: z.array(z.number()),
  offers: offersSchema,
  expiresAt: z.number(),
  data: z.instanceof(Uint8Array),
});
export type HeadItem = z.infer<typeof headItemSchema>;

export const bucketItemSchema = z.object({
  sk: z.string(),
  commitId: z.string(),
  expiresAt: z.number(),
  data: z.instanceof(Uint8Array),
});
export type BucketItem = z.infer<typeof bucketItemSchema>;

/** Accepted hashes of one server's tools. */
export const pinsItemSchema = z.object({ version: z.number(), data: z.instanceof(Uint8Array) });

/** DynamoDB deletes expired items some time later; until then they are read and do not count. */
export function isAlive(item: { readonly expiresAt: number }, now: number): boolean {
  return item.expiresAt * 1000 > now;
}

/**
 * Puts the items of one partition together again. `torn` means that, of one of them, head and buckets come from different
 * commits: the read fell between two of them and is to be repeated.
 */
export function assembleCatalogs(
  items: readonly Readonly<Record<string, unknown>>[],
  now: number,
): { readonly catalogs: ServerCatalog[]; readonly torn: boolean } {
  const heads = items.filter(({ sk }) => isHeadSortKey(String(sk))).map((item) => headItemSchema.parse(item));
  const buckets = new Map(
    items
      .filter(({ sk }) => !isHeadSortKey(String(sk)))
      .map((item) => [String(item['sk']), bucketItemSchema.parse(item)]),
  );
  const assembled = heads.filter((head) => isAlive(head, now)).map((head) => assembleCatalog(head, buckets));
  const catalogs = assembled.filter((catalog) => catalog !== undefined);
  return { catalogs, torn: catalogs.length < assembled.length };
}

function assembleCatalog(item: HeadItem, buckets: ReadonlyMap<string, BucketItem>): ServerCatalog | undefined {
  const head = decodeHead(item.data);
  const tools: CatalogTool[] = [];
  for (const bucket of item.buckets) {
    const found = buckets.get(bucketSortKey(head.slug, bucket));
    if (found?.commitId !== item.commitId) return undefined;
    tools.push(...decodeTools(found.data));
  }
  return { head, tools };
}
