import { createHash } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import * as z from 'zod/mini';
import type { CatalogHead, CatalogTool, OfferDefinition, OfferKind } from '../../hub/catalog/catalog.ts';
import { REJECTION_REASONS } from '../../hub/catalog/definition-limits.ts';
import { CATEGORIES } from '../../hub/catalog/tool-metadata.ts';
import { HubError } from '../../hub/hub-error.ts';
import { isJsonObject, type JsonObject } from '../../hub/json.ts';
import type { Definition } from '../../hub/upstreams/upstream.ts';

/**
 * A catalog is cut into items of compressed JSON. Tools lie in a fixed number of buckets by a hash of their exposed name,
 * so that a list reads few items and a call, which knows only the name, reads exactly one. An item of DynamoDB holds at
 * most 400 KB; what does not fit is refused when it is written, never cut.
 */
const BUCKETS = 64;
const MAX_ITEM_BYTES = 380 * 1024;
/** Bounds what an item unpacks to, when it is written as when it is read. */
const MAX_DECODED_BYTES = 32 * 1024 * 1024;
/** Good ratio at a tenth of the time of the default; schemas repeat themselves. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const definitionSchema = z.custom<Definition>((value) => hasText(value, 'name'));
const pinnedSchema = z.object({ definition: definitionSchema, hash: z.string() });
const toolSchema = z.object({
  exposedName: z.string(),
  definition: definitionSchema,
  hash: z.string(),
  metadata: z.object({
    category: z.enum(CATEGORIES),
    tags: z.array(z.string()),
    priority: z.number(),
    estimatedDurationMs: z.number(),
  }),
  state: z.enum(['active', 'quarantined', 'absent']),
  approved: z.optional(pinnedSchema),
});
const negotiatedSchema = z.discriminatedUnion('era', [
  z.object({
    era: z.literal('modern'),
    transport: z.literal('streamable-http'),
    discover: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null),
  }),
  z.object({
    era: z.literal('legacy'),
    transport: z.enum(['streamable-http', 'sse']),
    protocolVersion: z.string(),
  }),
]);
/** Objects as they were parsed, each with the member that identifies it. */
const offerSchemas: { readonly [K in OfferKind]: z.ZodMiniType<OfferDefinition<K>> } = {
  resources: z.custom<OfferDefinition<'resources'>>((value) => hasText(value, 'uri')),
  resourceTemplates: z.custom<OfferDefinition<'resourceTemplates'>>((value) => hasText(value, 'uriTemplate')),
  prompts: definitionSchema,
};
const headSchema = z.object({
  slug: z.string(),
  serverId: z.string(),
  revision: z.number(),
  negotiated: z.optional(negotiatedSchema),
  features: z._default(z.object({ completions: z.boolean(), logging: z.boolean() }), {
    completions: false,
    logging: false,
  }),
  serverInfo: z.optional(z.object({ name: z.string(), version: z.string() })),
  instructions: z.optional(z.string()),
  counts: z.object({
    tools: z.number(),
    quarantined: z.number(),
    resources: z.number(),
    resourceTemplates: z.number(),
    prompts: z.number(),
  }),
  rejected: z.array(
    z.object({
      tool: z.string(),
      reason: z.enum(REJECTION_REASONS),
    }),
  ),
  syncedAt: z.number(),
});

export function bucketOf(exposedName: string): number {
  return createHash('sha256').update(exposedName).digest().readUInt8(0) % BUCKETS;
}

export function groupByBucket(tools: readonly CatalogTool[]): Map<number, CatalogTool[]> {
  return Map.groupBy(tools, (tool) => bucketOf(tool.exposedName));
}

export function encodeItem(value: unknown): Uint8Array {
  const packed = pack(value);
  if (packed === undefined) throw catalogTooLarge();
  return packed;
}

/** As many items as a list needs, one for an empty list: halves until each half fits. */
export function encodeChunks(values: readonly unknown[]): Uint8Array[] {
  const packed = pack(values);
  if (packed !== undefined) return [packed];
  if (values.length <= 1) throw catalogTooLarge();
  const half = Math.ceil(values.length / 2);
  return [...encodeChunks(values.slice(0, half)), ...encodeChunks(values.slice(half))];
}

export function decodeTools(packed: Uint8Array): CatalogTool[] {
  return z
    .array(toolSchema)
    .parse(unpack(packed))
    .map((tool) => ({ ...tool, approved: tool.approved }));
}

export function decodeHead(packed: Uint8Array): CatalogHead {
  const head = headSchema.parse(unpack(packed));
  return { ...head, negotiated: head.negotiated, serverInfo: head.serverInfo, instructions: head.instructions };
}

export function decodeOffers<K extends OfferKind>(kind: K, packed: Uint8Array): OfferDefinition<K>[] {
  return z.array(offerSchemas[kind]).parse(unpack(packed));
}

/** As pairs: an object would lose a tool called `__proto__`. */
export function encodePins(hashes: ReadonlyMap<string, string>): Uint8Array {
  return encodeItem([...hashes]);
}

export function decodePins(packed: unknown): ReadonlyMap<string, string> {
  const pairs = z.array(z.tuple([z.string(), z.string()]));
  return new Map(pairs.parse(unpack(z.instanceof(Uint8Array).parse(packed))));
}

export function catalogTooLarge(): HubError {
  return new HubError(
    'catalog_too_large',
    'the server offers more than the hub can store; split it into several servers',
  );
}

function hasText(value: unknown, member: string): boolean {
  return isJsonObject(value) && typeof value[member] === 'string';
}

/** Undefined when it would not fit into an item, or could not be unpacked again. */
function pack(value: unknown): Uint8Array | undefined {
  const json = Buffer.from(JSON.stringify(value));
  if (json.length > MAX_DECODED_BYTES) return undefined;
  const packed = brotliCompressSync(json, BROTLI);
  return packed.length > MAX_ITEM_BYTES ? undefined : packed;
}

function unpack(packed: Uint8Array): unknown {
  return JSON.parse(brotliDecompressSync(packed, { maxOutputLength: MAX_DECODED_BYTES }).toString('utf8'));
}
