import type { OfferKind } from './catalog.ts';
import type { ListedOffer, OfferPage } from './list-offers.ts';
import { presentPage } from './present-page.ts';

/** The member of a definition by which its server knows it. */
const OWN_MEMBER = { resources: 'uri', resourceTemplates: 'uriTemplate', prompts: 'name' } as const;

/** A page of resources, templates or prompts as answers show it. */
export function presentOfferPage(kind: OfferKind, page: OfferPage): Record<string, unknown> {
  return presentPage(
    kind,
    page.items.map((offer) => presentOffer(OWN_MEMBER[kind], offer)),
    page,
  );
}

/** The server's own definition under the hub's name or URI, with what the hub adds in its own member. */
function presentOffer(member: string, { server, definition, exposed }: ListedOffer): Record<string, unknown> {
  return { ...definition, [member]: exposed, hub: { server: server.slug, [member]: definition[member] } };
}
