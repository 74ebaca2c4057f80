import type { Definition, Discovery } from '../upstreams/upstream.ts';
import type { CatalogHead, CatalogTool, FullCatalog, PinnedDefinition } from './catalog.ts';
import { definitionHash } from './definition-hash.ts';
import { definitionRejection } from './definition-limits.ts';
import { exposedName } from './exposed-name.ts';
import { toolMetadata } from './tool-metadata.ts';

const MAX_REJECTED_NAMED = 50;
/** Bounds what a server can make the hub remember by inventing and withdrawing tools. */
const MAX_ABSENT = 200;
/**
 * Tools of one server that are accepted at first sight. One that keeps inventing names must not flush out what it was
 * once accepted with, nor fill the item that the pins lie in, so from here on its new tools wait for approval.
 */
const MAX_PINS = 5_000;

export interface CatalogBasis {
  readonly slug: string;
  readonly serverId: string;
  readonly revision: number;
  readonly trustDefinitions: boolean;
  /** Tool name to accepted hash. */
  readonly pinned: ReadonlyMap<string, string>;
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
): { readonly catalog: FullCatalog; readonly hashes: ReadonlyMap<string, string> } {
  const { accepted, rejected } = sift(discovery.tools, basis.slug);
  const known = approvedDefinitions(basis.previous);
  const tools = accepted.map((definition) => catalogTool(definition, basis, known));
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
    catalog: { head, tools: [...tools, ...absentTools(tools, basis.previous)], resources, resourceTemplates, prompts },
    hashes: acceptedHashes(tools, basis),
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
      const approved = acceptedOf(tool);
      return approved === undefined ? [] : [[tool.definition.name, approved]];
    }),
  );
}

/**
 * What is accepted from now on. A trusted server's tools are accepted as they are; of any other, pins outlive their tools.
 */
function acceptedHashes(
  tools: readonly CatalogTool[],
  { trustDefinitions, pinned }: CatalogBasis,
): ReadonlyMap<string, string> {
  const active = tools
    .filter(({ state }) => state === 'active')
    .map(({ definition, hash }) => [definition.name, hash] as const);
  return new Map(trustDefinitions ? active : [...pinned, ...active]);
}

/** Tools that were offered and are not any more, with the definition that was accepted, so that a return shows as a change. */
function absentTools(offered: readonly CatalogTool[], previous: readonly CatalogTool[]): CatalogTool[] {
  const names = new Set(offered.map(({ exposedName }) => exposedName));
  return previous
    .filter(({ exposedName }) => !names.has(exposedName))
    .map((tool) => ({ ...tool, state: 'absent' as const, approved: acceptedOf(tool) }))
    .filter(({ approved }) => approved !== undefined)
    .slice(0, MAX_ABSENT);
}

function acceptedOf(tool: CatalogTool): PinnedDefinition | undefined {
  return tool.state === 'active' ? { definition: tool.definition, hash: tool.hash } : tool.approved;
}

function catalogTool(
  definition: Definition,
  basis: CatalogBasis,
  known: ReadonlyMap<string, PinnedDefinition>,
): CatalogTool {
  const hash = definitionHash(definition);
  const pinned = basis.pinned.get(definition.name);
  const isAccepted = pinned === undefined ? basis.pinned.size < MAX_PINS : pinned === hash;
  const state = isAccepted || basis.trustDefinitions ? 'active' : 'quarantined';
  const approved = known.get(definition.name);
  return {
    exposedName: exposedName(basis.slug, definition.name),
    definition,
    hash,
    metadata: toolMetadata(definition),
    state,
    approved: state === 'quarantined' && approved?.hash === pinned ? approved : undefined,
  };
}
