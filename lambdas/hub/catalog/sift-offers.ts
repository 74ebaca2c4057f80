import * as z from 'zod/mini';
import type { Discovery } from '../upstreams/upstream.ts';
import type { OfferDefinition, OfferKind } from './catalog.ts';
import { definitionRejection } from './definition-limits.ts';
import { exposedOffer } from './exposed-offer.ts';
import { isUri } from './exposed-uri.ts';

/** Of a URI. A cursor is made of one, and API Gateway takes 10 KB of request line and headers. */
const MAX_URI_BYTES = 2048;

const text = z.optional(z.string());
const annotations = z.looseObject({
  audience: z.optional(z.array(z.enum(['user', 'assistant']))),
  priority: z.optional(z.number()),
  lastModified: text,
});
const icon = z.looseObject({ src: z.string(), mimeType: text, sizes: z.optional(z.array(z.string())), theme: text });
const argument = z.looseObject({ name: z.string(), title: text, description: text, required: z.optional(z.boolean()) });

/**
 * What clients take (MCP, schema of `Resource`, `ResourceTemplate` and `Prompt`). Strict ones refuse a list as a whole for
 * one item of one server that is otherwise.
 */
const shape = z.looseObject({
  name: z.string(),
  mimeType: text,
  size: z.optional(z.number()),
  annotations: z.optional(annotations),
  icons: z.optional(z.array(icon)),
  arguments: z.optional(z.array(argument)),
  _meta: z.optional(z.looseObject({})),
});

/**
 * What of a discovery the hub offers beside tools. Left out is what the hub could not name, what comes twice, and what
 * breaks the limits that tools have too.
 */
export function siftOffers(discovery: Discovery, slug: string): Pick<Discovery, OfferKind> {
  return {
    resources: sift('resources', discovery.resources, slug, ({ uri }) => isUsableUri(uri)),
    resourceTemplates: sift('resourceTemplates', discovery.resourceTemplates, slug, ({ uriTemplate }) =>
      isUsableUri(uriTemplate),
    ),
    prompts: sift('prompts', discovery.prompts, slug, () => true),
  };
}

function sift<K extends OfferKind>(
  kind: K,
  definitions: readonly OfferDefinition<K>[],
  slug: string,
  isNamed: (definition: OfferDefinition<K>) => boolean,
): OfferDefinition<K>[] {
  const taken = new Set<string>();
  return definitions.filter((definition) => {
    const { name } = definition;
    const isSound = typeof name === 'string' && definitionRejection({ ...definition, name }) === undefined;
    if (!isSound || !isNamed(definition) || !shape.safeParse(definition).success) return false;
    const exposed = exposedOffer[kind](slug, definition);
    return !taken.has(exposed) && taken.add(exposed);
  });
}

function isUsableUri(uri: string): boolean {
  return isUri(uri) && Buffer.byteLength(uri) <= MAX_URI_BYTES;
}
