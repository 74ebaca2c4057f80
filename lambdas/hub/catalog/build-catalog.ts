import type { Definition, Discovery } from '../upstreams/upstream.ts';
import type { CatalogHead, FullCatalog } from './catalog.ts';
import { definitionRejection } from './definition-limits.ts';
import { exposedName } from './exposed-name.ts';
import { siftOffers } from './sift-offers.ts';
import { type PinningBasis, pinTools } from './pinned-tools.ts';

const MAX_REJECTED_NAMED = 50;

export interface CatalogBasis extends PinningBasis {
  readonly serverId: string;
  readonly revision: number;
  readonly now: number;
}

/** Turns a discovery into what the hub offers, and into the pins that go with it. */
export function buildCatalog(
  discovery: Discovery,
  basis: CatalogBasis,
): { readonly catalog: FullCatalog; readonly hashes: ReadonlyMap<string, string> } {
  const { accepted, rejected } = sift(discovery.tools, basis.slug);
  const { tools, hashes } = pinTools(accepted, basis);
  const { resources, resourceTemplates, prompts } = siftOffers(discovery, basis.slug);
  const head: CatalogHead = {
    slug: basis.slug,
    serverId: basis.serverId,
    revision: basis.revision,
    negotiated: discovery.negotiated,
    features: discovery.features,
    serverInfo: discovery.serverInfo,
    instructions: discovery.instructions,
    counts: {
      tools: accepted.length,
      quarantined: tools.filter((tool) => tool.state === 'quarantined').length,
      resources: resources.length,
      resourceTemplates: resourceTemplates.length,
      prompts: prompts.length,
    },
    rejected: rejected.slice(0, MAX_REJECTED_NAMED),
    syncedAt: basis.now,
  };
  return { catalog: { head, tools, resources, resourceTemplates, prompts }, hashes };
}

function sift(
  definitions: readonly Definition[],
  slug: string,
): { accepted: Definition[]; rejected: CatalogHead['rejected'][number][] } {
  const accepted: Definition[] = [];
  const rejected: CatalogHead['rejected'][number][] = [];
  const taken = new Set<string>();
  for (const definition of definitions) {
    const exposed = exposedName(slug, definition.name);
    const reason = taken.has(exposed) ? 'duplicate_name' : definitionRejection(definition);
    if (reason === undefined) {
      taken.add(exposed);
      accepted.push(definition);
    } else {
      rejected.push({ tool: definition.name.slice(0, 128), reason });
    }
  }
  return { accepted, rejected };
}
