import * as z from 'zod/mini';
import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import { slugSchema } from '../servers/slug.ts';
import type { OfferDefinition, OfferKind, ServerOffers } from './catalog.ts';
import type { CatalogStore } from './catalog-store.ts';
import { exposedOffer } from './exposed-offer.ts';
import { type MissingServer, missingServers } from './missing-servers.ts';
import { type Page, pageOf, readCursor } from './pages.ts';
import type { TenantConfigStore } from './tenant-config.ts';
import { wantedServers } from './wanted-servers.ts';

/** Query parameters of the lists of resources, templates and prompts. */
export const listOffersSchema = z.strictObject({
  server: z.optional(slugSchema),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1000)), 100),
  /** `nextCursor` of the page before. */
  cursor: z.optional(z.string().check(z.maxLength(4096))),
});
export type ListOffers = z.infer<typeof listOffersSchema>;

export interface ListedOffer {
  readonly server: Server;
  /** As its server has it. */
  readonly definition: JsonObject;
  /** The name or URI under which the hub shows it. */
  readonly exposed: string;
}

export interface OfferPage extends Page<ListedOffer> {
  readonly missing: readonly MissingServer[];
}

export interface ListOffersDependencies {
  readonly config: Pick<TenantConfigStore, 'read'>;
  readonly catalog: Pick<CatalogStore, 'readOffers'>;
}

/** Cache-first: two reads in parallel, no upstream, no key service. */
export function createListOffers<K extends OfferKind>(
  kind: K,
  isExposed: (text: string) => boolean,
  { config, catalog }: ListOffersDependencies,
) {
  return async (tenantId: TenantId, query: ListOffers): Promise<OfferPage> => {
    const after = readCursor(query.cursor, isExposed);
    const [{ servers }, offers] = await Promise.all([
      config.read(tenantId),
      catalog.readOffers(tenantId, kind, query.server),
    ]);
    const wanted = wantedServers(servers, query.server);
    const listed = wanted.flatMap((server) => listedOffers(server, offers, exposedOffer[kind]));
    return {
      ...pageOf(listed, { limit: query.limit, after }),
      missing: missingServers(wanted, (id) => offers.some(({ serverId }) => serverId === id)),
    };
  };
}

function listedOffers<K extends OfferKind>(
  server: Server,
  offers: readonly ServerOffers<K>[],
  expose: (slug: string, definition: OfferDefinition<K>) => string,
): readonly ListedOffer[] {
  const own = offers.find(({ serverId }) => serverId === server.serverId)?.definitions ?? [];
  return own.map((definition) => ({ server, definition, exposed: expose(server.slug, definition) }));
}
