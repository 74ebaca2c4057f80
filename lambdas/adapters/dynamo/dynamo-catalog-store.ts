import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Pins } from '../../hub/catalog/catalog.ts';
import type { CatalogStore } from '../../hub/catalog/catalog-store.ts';
import { HubError } from '../../hub/hub-error.ts';
import type { TenantId } from '../../hub/principal.ts';
import { decodeHashes } from './catalog-codec.ts';
import { assembleCatalogs } from './catalog-items.ts';
import { type CatalogTables, createCatalogWriter } from './catalog-writer.ts';
import { reachable } from './dynamo-error.ts';
import { pinsKey, tenantPartition, toolsPrefix } from './keys.ts';

export function createDynamoCatalogStore(
  client: DynamoDBClient,
  tables: CatalogTables,
  now: () => number,
): CatalogStore {
  const writer = createCatalogWriter(client, tables, now);
  return {
    async read(tenantId, slug) {
      const first = assembleCatalogs(await reachable(query(tenantId, slug, false)), now());
      if (!first.torn) return first.catalogs;
      const second = assembleCatalogs(await reachable(query(tenantId, slug, true)), now());
      if (!second.torn) return second.catalogs;
      throw new HubError('unavailable', 'the catalog is being rewritten; try again', { retryAfterSeconds: 1 });
    },

    async readPins(tenantId, slug): Promise<Pins> {
      const request = new GetItemCommand({
        TableName: tables.registry,
        Key: marshall(pinsKey(tenantId, slug)),
        ConsistentRead: true,
      });
      const { Item } = await reachable(client.send(request));
      if (Item === undefined) return { hashes: {}, version: 0 };
      const item = unmarshall(Item);
      return { hashes: decodeHashes(item['data']), version: Number(item['version']) };
    },

    commit: writer.commit,

    async approve(server, tools, pins) {
      const current = await reachable(query(server.tenantId, server.slug, true));
      await writer.approve(server, tools, pins, current);
    },

    remove: writer.remove,
  };

  async function query(
    tenantId: TenantId,
    slug: string | undefined,
    consistent: boolean,
  ): Promise<Record<string, unknown>[]> {
    const pages = paginateQuery(
      { client },
      {
        TableName: tables.catalog,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: marshall({ ':pk': tenantPartition(tenantId), ':prefix': toolsPrefix(slug) }),
        ConsistentRead: consistent,
      },
    );
    const items: Record<string, unknown>[] = [];
    for await (const page of pages) items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    return items;
  }
}
