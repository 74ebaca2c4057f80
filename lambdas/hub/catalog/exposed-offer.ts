import type { OfferDefinition, OfferKind } from './catalog.ts';
import { exposedName } from './exposed-name.ts';
import { exposedUri } from './exposed-uri.ts';

/** By kind of offer, what a definition is exposed as; no two of a tenant's servers expose the same. */
export const exposedOffer: { readonly [K in OfferKind]: (slug: string, definition: OfferDefinition<K>) => string } = {
  resources: (slug, { uri }) => exposedUri(slug, uri),
  resourceTemplates: (slug, { uriTemplate }) => exposedUri(slug, uriTemplate),
  prompts: (slug, { name }) => exposedName(slug, name),
};
