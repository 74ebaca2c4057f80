import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { CatalogTool, FullCatalog, Pins } from '../../hub/catalog/catalog.ts';
import type { TenantId } from '../../hub/principal.ts';
import type { Server } from '../../hub/servers/server.ts';
import { catalogTooLarge, decodeHead, decodeTools, encodeChunks, encodeItem, groupByBucket } from './catalog-codec.ts';
import { bucketItemSchema, type HeadItem, headItemSchema } from './catalog-items.ts';
import { conditional, lostRace, reachable } from './dynamo-error.ts';
import { updateLastSyncExpression } from './dynamo-server-store.ts';
import { bucketKey, headKey, OFFER_KINDS, type OfferKind, offerKey, pinsKey, type TableKey } from './keys.ts';

export interface CatalogTables {
  readonly registry: string;
  readonly catalog: string;
}

/** A catalog that nobody refreshed for so long is forgotten; its pins are not. */
const LIFETIME_SECONDS = 30 * 24 * 3600;
/** Limits of TransactWriteItems. */
const MAX_TRANSACTION_ITEMS = 100;
const MAX_TRANSACTION_BYTES = 3.8 * 1024 * 1024;

/** Nobody pinned anything for this server since the pins were read. */
const PINS_ARE_READ = 'version = :version OR (attribute_not_exists(pk) AND :version = :initial)';
/** The catalog is the one that was read, or there was none. */
const HEAD_IS_READ = 'attribute_not_exists(pk) OR commitId = :commitId';

/** Writes catalogs. One transaction spans the catalog, the pins and the server's row, so a reader never sees a mixture. */
export function createCatalogWriter(client: DynamoDBClient, tables: CatalogTables, now: () => number) {
  return {
    async commit(
      server: Server,
      catalog: FullCatalog,
      hashes: Readonly<Record<string, string>>,
      pinsVersion: number,
    ): Promise<void> {
      const previous = await readHead(server.tenantId, server.slug);
      const items = catalogItems(server, catalog);
      const writes = [
        updateLastSync(server, catalog.head.syncedAt),
        putPins(server, hashes, pinsVersion),
        ...items.map(({ item, isHead }) => put(item, isHead ? headIsRead(previous) : undefined)),
        ...staleKeys(server, previous, items).map((key) => remove(key)),
      ];
      await transact(writes);
    },

    async approve(
      server: Server,
      tools: readonly CatalogTool[],
      pins: Pins,
      current: readonly Readonly<Record<string, unknown>>[],
    ): Promise<void> {
      const head = current.map((item) => headItemSchema.safeParse(item)).find(({ success }) => success)?.data;
      if (head === undefined) throw lostRace();
      const accepted = new Map(tools.map((tool) => [tool.definition.name, tool.hash]));
      const touched = [...groupByBucket(tools).keys()].map((bucket) => bucketKey(server.tenantId, server.slug, bucket));
      const buckets = current
        .filter((item) => touched.some(({ sk }) => sk === item['sk']))
        .map((item) => put(acceptIn(item, accepted), undefined));
      const counted = decodeHead(head.data);
      const counts = { ...counted.counts, quarantined: counted.counts.quarantined - accepted.size };
      const headItem = { ...headKey(server.tenantId, server.slug), ...head, data: encodeItem({ ...counted, counts }) };
      await transact([
        putPins(server, { ...pins.hashes, ...Object.fromEntries(accepted) }, pins.version),
        put(headItem, headIsRead(head)),
        ...buckets,
      ]);
    },

    async remove(tenantId: TenantId, slug: string): Promise<void> {
      const previous = await readHead(tenantId, slug);
      if (previous === undefined) return;
      const keys = [headKey(tenantId, slug), ...keysOf(tenantId, slug, previous)];
      await transact(keys.map(remove));
    },
  };

  async function readHead(tenantId: TenantId, slug: string): Promise<HeadItem | undefined> {
    const request = new GetItemCommand({
      TableName: tables.catalog,
      Key: marshall(headKey(tenantId, slug)),
      ConsistentRead: true,
    });
    const { Item } = await reachable(client.send(request));
    return Item === undefined ? undefined : headItemSchema.parse(unmarshall(Item));
  }

  function catalogItems(server: Server, catalog: FullCatalog): { item: CatalogItem; isHead: boolean }[] {
    const { tenantId, slug, serverId } = server;
    const shared = { commitId: randomUUID(), expiresAt: Math.floor(now() / 1000) + LIFETIME_SECONDS };
    const buckets = [...groupByBucket(catalog.tools)].map(([bucket, tools]) => ({
      bucket,
      item: { ...bucketKey(tenantId, slug, bucket), ...shared, data: encodeItem(tools) },
    }));
    const chunks: Record<OfferKind, Uint8Array[]> = {
      RESOURCES: encodeChunks(catalog.resources),
      TEMPLATES: encodeChunks(catalog.resourceTemplates),
      PROMPTS: encodeChunks(catalog.prompts),
    };
    const offers = OFFER_KINDS.flatMap((kind) =>
      chunks[kind].map((data, chunk) => ({ ...offerKey(tenantId, kind, slug, chunk), ...shared, data })),
    );
    const head = {
      ...headKey(tenantId, slug),
      ...shared,
      serverId,
      buckets: buckets.map(({ bucket }) => bucket),
      offers: Object.fromEntries(OFFER_KINDS.map((kind) => [kind, chunks[kind].length])),
      data: encodeItem(catalog.head),
    };
    return [
      { item: head, isHead: true },
      ...[...buckets.map(({ item }) => item), ...offers].map((item) => ({ item, isHead: false })),
    ];
  }

  function updateLastSync(server: Server, at: number): TransactWriteItem {
    return { Update: { TableName: tables.registry, ...updateLastSyncExpression(server, { state: 'ok', at }) } };
  }

  function putPins(server: Server, hashes: Readonly<Record<string, string>>, version: number): TransactWriteItem {
    const { serverId } = server;
    const item = { ...pinsKey(server.tenantId, server.slug), serverId, version: version + 1, data: encodeItem(hashes) };
    return {
      Put: {
        TableName: tables.registry,
        Item: marshall(item),
        ConditionExpression: PINS_ARE_READ,
        ExpressionAttributeValues: marshall({ ':version': version, ':initial': 0 }),
      },
    };
  }

  function put(item: CatalogItem, condition: Condition | undefined): TransactWriteItem {
    return { Put: { TableName: tables.catalog, Item: marshall(item, { removeUndefinedValues: true }), ...condition } };
  }

  function remove(key: TableKey): TransactWriteItem {
    return { Delete: { TableName: tables.catalog, Key: marshall(key) } };
  }

  async function transact(writes: readonly TransactWriteItem[]): Promise<void> {
    const bytes = writes.reduce((sum, { Put }) => sum + (Put?.Item?.['data']?.B?.length ?? 0) + 512, 0);
    if (writes.length > MAX_TRANSACTION_ITEMS || bytes > MAX_TRANSACTION_BYTES) throw catalogTooLarge();
    await conditional(client.send(new TransactWriteItemsCommand({ TransactItems: [...writes] })), lostRace);
  }
}

interface CatalogItem extends TableKey {
  readonly data: Uint8Array;
  readonly [attribute: string]: unknown;
}

interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Record<string, AttributeValue>;
}

function headIsRead(head: HeadItem | undefined): Condition {
  return {
    ConditionExpression: HEAD_IS_READ,
    ExpressionAttributeValues: marshall({ ':commitId': head?.commitId ?? 'none' }),
  };
}

function keysOf(tenantId: TenantId, slug: string, head: HeadItem): TableKey[] {
  return [
    ...head.buckets.map((bucket) => bucketKey(tenantId, slug, bucket)),
    ...OFFER_KINDS.flatMap((kind) =>
      Array.from({ length: head.offers[kind] ?? 0 }, (_, chunk) => offerKey(tenantId, kind, slug, chunk)),
    ),
  ];
}

function staleKeys(
  server: Server,
  previous: HeadItem | undefined,
  items: readonly { item: CatalogItem }[],
): TableKey[] {
  if (previous === undefined) return [];
  const written = new Set(items.map(({ item }) => item.sk));
  return keysOf(server.tenantId, server.slug, previous).filter(({ sk }) => !written.has(sk));
}

/** The bucket with the accepted definitions active. */
function acceptIn(item: Readonly<Record<string, unknown>>, accepted: ReadonlyMap<string, string>): CatalogItem {
  const bucket = bucketItemSchema.parse(item);
  const tools = decodeTools(bucket.data).map((tool) =>
    accepted.get(tool.definition.name) === tool.hash ? { ...tool, state: 'active', approved: undefined } : tool,
  );
  return { pk: String(item['pk']), ...bucket, data: encodeItem(tools) };
}
