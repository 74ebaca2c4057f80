import * as z from 'zod/mini';
import type { OfferKind, ServerOffers } from '../../hub/catalog/catalog.ts';
import { decodeOffers } from './catalog-codec.ts';
import { isAlive } from './catalog-items.ts';
import { catalogSlug } from './keys.ts';

/** A part of what a server offers of one kind. It tells how many there are: nothing else has to be read. */
const chunkItemSchema = z.object({
  sk: z.string(),
  serverId: z.string(),
  commitId: z.string(),
  chunks: z.number(),
  expiresAt: z.number(),
  data: z.instanceof(Uint8Array),
});
type ChunkItem = z.infer<typeof chunkItemSchema>;

/**
 * Puts the items of one kind together again, of one partition and in the order of their keys. `torn` means that, of one
 * server, no commit is there as a whole: the read fell between two of them and is to be repeated. Items from before they
 * told their number are as good as expired: the next sync replaces them.
 */
export function assembleOffers<K extends OfferKind>(
  kind: K,
  items: readonly Readonly<Record<string, unknown>>[],
  now: number,
): { readonly offers: ServerOffers<K>[]; readonly torn: boolean } {
  const chunks = items.map((item) => chunkItemSchema.safeParse(item).data).filter((chunk) => chunk !== undefined);
  const alive = chunks.filter((chunk) => isAlive(chunk, now));
  const assembled = [...Map.groupBy(alive, ({ sk }) => catalogSlug(sk))].map(([slug, of]) => assemble(kind, slug, of));
  const offers = assembled.filter((found) => found !== undefined);
  return { offers, torn: offers.length < assembled.length };
}

function assemble<K extends OfferKind>(
  kind: K,
  slug: string,
  chunks: readonly ChunkItem[],
): ServerOffers<K> | undefined {
  const [first] = chunks;
  const whole = chunks.filter(({ commitId }) => commitId === first?.commitId);
  if (first === undefined || whole.length !== first.chunks) return undefined;
  return { slug, serverId: first.serverId, definitions: whole.flatMap(({ data }) => decodeOffers(kind, data)) };
}
