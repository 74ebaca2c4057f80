import { marshall } from '@aws-sdk/util-dynamodb';
import { type FullCatalog, OFFER_KINDS, type OfferKind } from '../../hub/catalog/catalog.ts';
import type { Server } from '../../hub/servers/server.ts';
import { encodeChunks, encodeItem, encodePins, groupByBucket } from './catalog-codec.ts';
import type { HeadItem } from './catalog-items.ts';
import { bucketKey, headKey, OFFER_NAMES, offerKey, pinsKey, type TableKey } from './keys.ts';
import type { Write } from './transaction.ts';

/** Nobody pinned anything for this server since the pins were read. */
const PINS_ARE_READ =
  '(version = :version AND serverId = :serverId) OR (attribute_not_exists(pk) AND :version = :initial)';
/** The catalog is the one that was read, or there was none. */
const HEAD_IS_READ = 'attribute_not_exists(pk) OR commitId = :commitId';

/** Another sync or approval wrote the catalog or its pins since they were read: reading them again helps. */
export class CatalogMoved extends Error {
  override readonly name = 'CatalogMoved' as const;
}

const moved = (): CatalogMoved => new CatalogMoved();

/** What every item of one commit carries. */
export interface Commit {
  readonly commitId: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** Puts every item of a catalog and deletes those of the previous one that it does not overwrite. */
export function catalogWrites(
  tableName: string,
  server: Server,
  catalog: FullCatalog,
  previous: HeadItem | undefined,
  commit: Commit,
): Write[] {
  const { tenantId, slug, serverId } = server;
  const buckets = groupByBucket(catalog.tools);
  const chunks: Record<OfferKind, Uint8Array[]> = {
    resources: encodeChunks(catalog.resources),
    resourceTemplates: encodeChunks(catalog.resourceTemplates),
    prompts: encodeChunks(catalog.prompts),
  };
  const head = {
    ...headKey(tenantId, slug),
    ...commit,
    serverId,
    buckets: [...buckets.keys()],
    offers: Object.fromEntries(OFFER_KINDS.map((kind) => [OFFER_NAMES[kind], chunks[kind].length])),
    data: encodeItem(catalog.head),
  };
  const parts = [
    ...[...buckets].map(([bucket, tools]) => ({
      ...bucketKey(tenantId, slug, bucket),
      serverId,
      data: encodeItem(tools),
    })),
    ...OFFER_KINDS.flatMap((kind) =>
      chunks[kind].map((data, chunk) => ({
        ...offerKey(tenantId, kind, slug, chunk),
        serverId,
        chunks: chunks[kind].length,
        data,
      })),
    ),
  ];
  const written = new Set(parts.map(({ sk }) => sk));
  const stale = partKeys(server, previous).filter(({ sk }) => !written.has(sk));
  return [
    putHead(tableName, head, previous),
    ...parts.map((part) => putPart(tableName, { ...part, ...commit })),
    ...stale.map((key) => deletePart(tableName, key)),
  ];
}

/** Deletes a catalog if it is still the one that was read. */
export function catalogDeletes(tableName: string, server: Server, head: HeadItem): Write[] {
  const key = marshall(headKey(server.tenantId, server.slug));
  const deleteHead = { TableName: tableName, Key: key, ...headIsRead(head) };
  return [{ item: { Delete: deleteHead } }, ...partKeys(server, head).map((part) => deletePart(tableName, part))];
}

export function putHead(tableName: string, head: TableKey & object, read: HeadItem | undefined): Write {
  return { item: { Put: { TableName: tableName, Item: marshall(head), ...headIsRead(read) } }, refusal: moved };
}

export function putPart(tableName: string, part: TableKey & object): Write {
  return { item: { Put: { TableName: tableName, Item: marshall(part) } } };
}

export function putPins(
  tableName: string,
  { tenantId, slug, serverId }: Server,
  hashes: ReadonlyMap<string, string>,
  readVersion: number,
): Write {
  const item = { ...pinsKey(tenantId, slug), serverId, version: readVersion + 1, data: encodePins(hashes) };
  const put = {
    TableName: tableName,
    Item: marshall(item),
    ConditionExpression: PINS_ARE_READ,
    ExpressionAttributeValues: marshall({ ':version': readVersion, ':initial': 0, ':serverId': serverId }),
  };
  return { item: { Put: put }, refusal: moved };
}

function deletePart(tableName: string, key: TableKey): Write {
  return { item: { Delete: { TableName: tableName, Key: marshall(key) } } };
}

function headIsRead(head: HeadItem | undefined) {
  return {
    ConditionExpression: HEAD_IS_READ,
    ExpressionAttributeValues: marshall({ ':commitId': head?.commitId ?? 'none' }),
  };
}

function partKeys({ tenantId, slug }: Server, head: HeadItem | undefined): TableKey[] {
  if (head === undefined) return [];
  return [
    ...head.buckets.map((bucket) => bucketKey(tenantId, slug, bucket)),
    ...OFFER_KINDS.flatMap((kind) =>
      Array.from({ length: head.offers[OFFER_NAMES[kind]] ?? 0 }, (_, chunk) => offerKey(tenantId, kind, slug, chunk)),
    ),
  ];
}
