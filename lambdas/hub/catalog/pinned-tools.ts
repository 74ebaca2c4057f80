import type { Definition } from '../upstreams/upstream.ts';
import type { CatalogTool, PinnedDefinition } from './catalog.ts';
import { definitionHash } from './definition-hash.ts';
import { exposedName } from './exposed-name.ts';
import { toolMetadata } from './tool-metadata.ts';

/**
 * Room for pins, which lie in one item of at most 400 KB. A server that keeps inventing names fills it; it does not
 * thereby flush out what it was once accepted with: its further new tools wait for approval.
 */
const MAX_PIN_BYTES = 300 * 1024;
/** A hash, and what surrounds a pin in its item. */
const PIN_OVERHEAD_BYTES = 50;
/** Bounds what a server can make the hub remember by withdrawing tools: they serve the diff, the pins decide. */
const MAX_ABSENT_BYTES = 256 * 1024;

export interface PinningBasis {
  readonly slug: string;
  readonly trustDefinitions: boolean;
  /** Tool name to accepted hash. */
  readonly pinned: ReadonlyMap<string, string>;
  /** The catalog before, for the definitions that the pins stand for. */
  readonly previous: readonly CatalogTool[];
}

export interface PinnedTools {
  readonly tools: readonly CatalogTool[];
  readonly hashes: ReadonlyMap<string, string>;
}

/**
 * Decides which definitions may be used. A tool seen first is pinned as it is; one whose definition is not the pinned
 * one is quarantined. A pin outlives its tool, so that vanishing and coming back changed is a change too. A trusted
 * server's definitions are taken as they come.
 */
export function pinTools(definitions: readonly Definition[], basis: PinningBasis): PinnedTools {
  const hashes = new Map(basis.trustDefinitions ? [] : basis.pinned);
  const known = acceptedDefinitions(basis.previous);
  let room = MAX_PIN_BYTES - [...hashes.keys()].reduce((sum, name) => sum + pinBytes(name), 0);
  const tools = definitions.map((definition): CatalogTool => {
    const hash = definitionHash(definition);
    const pinned = hashes.get(definition.name);
    const isFirstSeen = pinned === undefined && pinBytes(definition.name) <= room;
    if (isFirstSeen) {
      hashes.set(definition.name, hash);
      room -= pinBytes(definition.name);
    }
    const state = isFirstSeen || pinned === hash || basis.trustDefinitions ? 'active' : 'quarantined';
    const accepted = known.get(definition.name);
    return {
      exposedName: exposedName(basis.slug, definition.name),
      definition,
      hash,
      metadata: toolMetadata(definition),
      state,
      approved: state === 'quarantined' && accepted?.hash === pinned ? accepted : undefined,
    };
  });
  return { tools: [...tools, ...absentTools(tools, basis.previous)], hashes };
}

function pinBytes(name: string): number {
  return Buffer.byteLength(name) + PIN_OVERHEAD_BYTES;
}

/** By tool name, the newest definition known to have been accepted. */
function acceptedDefinitions(previous: readonly CatalogTool[]): ReadonlyMap<string, PinnedDefinition> {
  return new Map(
    previous.flatMap((tool): [string, PinnedDefinition][] => {
      const accepted = acceptedOf(tool);
      return accepted === undefined ? [] : [[tool.definition.name, accepted]];
    }),
  );
}

function acceptedOf({ state, definition, hash, approved }: CatalogTool): PinnedDefinition | undefined {
  return state === 'quarantined' ? approved : { definition, hash };
}

/**
 * Tools that were offered and are not any more, as they were accepted, so that a return shows as a change. The smallest
 * come first, so that a few large ones do not crowd out the rest.
 */
function absentTools(offered: readonly CatalogTool[], previous: readonly CatalogTool[]): CatalogTool[] {
  const names = new Set(offered.map(({ exposedName: name }) => name));
  const absent = previous.flatMap((tool) => {
    const accepted = acceptedOf(tool);
    if (names.has(tool.exposedName) || accepted === undefined) return [];
    const bytes = Buffer.byteLength(JSON.stringify(accepted.definition));
    return [{ bytes, tool: { ...tool, ...accepted, state: 'absent', approved: undefined } as const }];
  });
  let room = MAX_ABSENT_BYTES;
  return absent
    .sort((a, b) => a.bytes - b.bytes)
    .flatMap(({ bytes, tool }) => {
      room -= bytes;
      return room < 0 ? [] : [tool];
    });
}
