import type { Definition, Discovery } from '../upstreams/upstream.ts';
import type { CatalogHead, CatalogTool, FullCatalog, PinnedDefinition } from './catalog.ts';
import { definitionHash } from './definition-hash.ts';
import { definitionRejection } from './definition-limits.ts';
import { exposedName } from './exposed-name.ts';
import { toolMetadata } from './tool-metadata.ts';

const MAX_REJECTED_NAMED = 50;

export interface CatalogBasis {
  readonly slug: string;
  readonly serverId: string;
  readonly revision: number;
  readonly trustDefinitions: boolean;
  /** Tool name to accepted hash. */
  readonly pinned: Readonly<Record<string, string>>;
  /** The catalog before this discovery, for the definitions that the pins stand for. */
  readonly previous: readonly CatalogTool[];
  readonly now: number;
}

/**
 * Turns a discovery into what the hub offers. A tool seen first is pinned as it is; a tool whose definition is not the
 * pinned one is quarantined. A pin outlives its tool, so that vanishing and coming back changed is a change too.
 */
export function buildCatalog(
  discovery: Discovery,
  basis: CatalogBasis,
): { readonly catalog: FullCatalog; readonly hashes: Readonly<Record<string, string>> } {
  const { accepted, rejected } = sift(discovery.tools, basis.slug);
  const known = approvedDefinitions(basis.previous);
  const tools = accepted.map((definition) => catalogTool(definition, basis, known));
  const firstSeen = tools.filter(
    (tool) => basis.trustDefinitions || !Object.hasOwn(basis.pinned, tool.definition.name),
  );
  const head: CatalogHead = {
    slug: basis.slug,
    serverId: basis.serverId,
    revision: basis.revision,
    negotiated: discovery.negotiated,
    serverInfo: discovery.serverInfo,
    instructions: discovery.instructions,
    counts: {
      tools: tools.length,
      quarantined: tools.filter((tool) => tool.state === 'quarantined').length,
      resources: discovery.resources.length,
      resourceTemplates: discovery.resourceTemplates.length,
      prompts: discovery.prompts.length,
    },
    rejected: rejected.slice(0, MAX_REJECTED_NAMED),
    syncedAt: basis.now,
  };
  const { resources, resourceTemplates, prompts } = discovery;
  return {
    catalog: { head, tools, resources, resourceTemplates, prompts },
    hashes: { ...basis.pinned, ...Object.fromEntries(firstSeen.map((tool) => [tool.definition.name, tool.hash])) },
  };
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

/** By tool name, the newest definition known to have been accepted. */
function approvedDefinitions(previous: readonly CatalogTool[]): ReadonlyMap<string, PinnedDefinition> {
  return new Map(
    previous.flatMap((tool): [string, PinnedDefinition][] => {
      const approved = tool.state === 'active' ? { definition: tool.definition, hash: tool.hash } : tool.approved;
      return approved === undefined ? [] : [[tool.definition.name, approved]];
    }),
  );
}

function catalogTool(
  definition: Definition,
  basis: CatalogBasis,
  known: ReadonlyMap<string, PinnedDefinition>,
): CatalogTool {
  const hash = definitionHash(definition);
  const pinned = Object.hasOwn(basis.pinned, definition.name) ? basis.pinned[definition.name] : undefined;
  const changed = pinned !== undefined && pinned !== hash && !basis.trustDefinitions;
  const approved = known.get(definition.name);
  return {
    exposedName: exposedName(basis.slug, definition.name),
    definition,
    hash,
    metadata: toolMetadata(definition),
    state: changed ? 'quarantined' : 'active',
    approved: changed && approved?.hash === pinned ? approved : undefined,
  };
}
