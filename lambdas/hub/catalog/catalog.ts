import type { Definition, Discovery, Features, Negotiated } from '../upstreams/upstream.ts';
import type { RejectionReason } from './definition-limits.ts';
import type { ToolMetadata } from './tool-metadata.ts';

/** A pinned definition: what the tenant saw first, or approved last. */
export interface PinnedDefinition {
  readonly definition: Definition;
  readonly hash: string;
}

/** One tool of a server as the hub offers it. */
export interface CatalogTool {
  readonly exposedName: string;
  /** As the server defines it now. */
  readonly definition: Definition;
  readonly hash: string;
  readonly metadata: ToolMetadata;
  /**
   * A quarantined tool is neither listed nor callable until its definition is approved. An absent one is no longer
   * offered by its server; it is remembered as it was accepted, for the day when it comes back changed.
   */
  readonly state: 'active' | 'quarantined' | 'absent';
  /** The definition it had when it was pinned, while it is quarantined and as far as it is still known. */
  readonly approved: PinnedDefinition | undefined;
}

/** What discovery found on one server, apart from the tools themselves. */
export interface CatalogHead {
  readonly slug: string;
  readonly serverId: string;
  /** Of the connection that was discovered; under another one, what was negotiated need not hold. */
  readonly revision: number;
  /** Undefined for what the code knows: nothing was negotiated. */
  readonly negotiated: Negotiated | undefined;
  readonly features: Features;
  readonly serverInfo: { readonly name: string; readonly version: string } | undefined;
  readonly instructions: string | undefined;
  readonly counts: {
    readonly tools: number;
    readonly quarantined: number;
    readonly resources: number;
    readonly resourceTemplates: number;
    readonly prompts: number;
  };
  /** Tools that the server listed and the hub does not offer; at most 50 are named. */
  readonly rejected: readonly { readonly tool: string; readonly reason: RejectionReason }[];
  readonly syncedAt: number;
}

export interface ServerCatalog {
  readonly head: CatalogHead;
  readonly tools: readonly CatalogTool[];
}

/** What servers offer beside tools. */
export const OFFER_KINDS = ['resources', 'resourceTemplates', 'prompts'] as const;
export type OfferKind = (typeof OFFER_KINDS)[number];

/** A definition of that kind: untrusted, sifted, otherwise as its server has it. */
export type OfferDefinition<K extends OfferKind = OfferKind> = Discovery[K][number];

/** What one server offers of one kind, perhaps nothing. */
export interface ServerOffers<K extends OfferKind = OfferKind> {
  readonly slug: string;
  readonly serverId: string;
  readonly definitions: readonly OfferDefinition<K>[];
}

/** Everything that one sync stores. */
export interface FullCatalog extends ServerCatalog, Pick<Discovery, OfferKind> {}

/** Tool name to hash of the definition that the tenant accepts. Outlives the catalog, which is a cache. */
export interface Pins {
  readonly hashes: ReadonlyMap<string, string>;
  /** Version that the next write must name; 0 when nothing is pinned yet. */
  readonly version: number;
}
