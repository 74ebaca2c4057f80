import * as z from 'zod/mini';
import type { CatalogTool, ServerCatalog } from '../../hub/catalog/catalog.ts';
import { type LearnedDuration, withLearnedDuration } from '../../hub/catalog/learned-duration.ts';
import { decodeHead, decodeTools } from './catalog-codec.ts';
import { bucketSortKey, durationsSortKey, isDurationsSortKey, isHeadSortKey, OFFER_NAMES } from './keys.ts';

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
  serverId: z.optional(z.string()),
  commitId: z.string(),
  expiresAt: z.number(),
  data: z.instanceof(Uint8Array),
});
export type BucketItem = z.infer<typeof bucketItemSchema>;

/** Milliseconds that tools of one bucket were seen to take. */
const durationsItemSchema = z.object({
  learnedOf: z.string(),
  durations: z.record(z.string(), z.number()),
});

/** What an item says of one tool's duration, perhaps nothing. */
export function durationIn(item: unknown, exposedName: string): LearnedDuration | undefined {
  const known = durationsItemSchema.safeParse(item).data;
  if (known === undefined) return undefined;
  const milliseconds = Object.hasOwn(known.durations, exposedName) ? known.durations[exposedName] : undefined;
  return milliseconds === undefined ? undefined : { serverId: known.learnedOf, milliseconds };
}

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
  const kinds = Map.groupBy(items, ({ sk }) => kindOf(String(sk)));
  const heads = (kinds.get('head') ?? []).map((item) => headItemSchema.parse(item));
  const buckets = bySortKey((kinds.get('bucket') ?? []).map((item) => bucketItemSchema.parse(item)));
  const durations = new Map((kinds.get('durations') ?? []).map((item) => [String(item['sk']), item]));
  const parts = { buckets, durations };
  const assembled = heads.filter((head) => isAlive(head, now)).map((head) => assembleCatalog(head, parts));
  const catalogs = assembled.filter((catalog) => catalog !== undefined);
  return { catalogs, torn: catalogs.length < assembled.length };
}

function kindOf(sk: string): 'head' | 'durations' | 'bucket' {
  if (isHeadSortKey(sk)) return 'head';
  return isDurationsSortKey(sk) ? 'durations' : 'bucket';
}

function bySortKey(items: readonly BucketItem[]): ReadonlyMap<string, BucketItem> {
  return new Map(items.map((item) => [item.sk, item]));
}

interface Parts {
  readonly buckets: ReadonlyMap<string, BucketItem>;
  readonly durations: ReadonlyMap<string, unknown>;
}

function assembleCatalog(item: HeadItem, { buckets, durations }: Parts): ServerCatalog | undefined {
  const head = decodeHead(item.data);
  const tools: CatalogTool[] = [];
  for (const bucket of item.buckets) {
    const found = buckets.get(bucketSortKey(head.slug, bucket));
    if (found?.commitId !== item.commitId) return undefined;
    const learned = durations.get(durationsSortKey(head.slug, bucket));
    tools.push(
      ...decodeTools(found.data).map((tool) =>
        withLearnedDuration(tool, item.serverId, durationIn(learned, tool.exposedName)),
      ),
    );
  }
  return { head, tools };
}
