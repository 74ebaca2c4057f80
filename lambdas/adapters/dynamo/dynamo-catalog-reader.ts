import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { CatalogStore } from '../../hub/catalog/catalog-store.ts';
import type { TenantId } from '../../hub/principal.ts';
import { assembleCatalogs } from './catalog-items.ts';
import { beingRewritten, reachable } from './dynamo-error.ts';
import { offersPrefix, tenantPartition, toolsPrefix } from './keys.ts';
import { assembleOffers } from './offer-items.ts';

export type CatalogReader = Pick<CatalogStore, 'read' | 'readLatest' | 'readOffers'>;

/** What was stored of the servers, for functions that list and call. */
export function createDynamoCatalogReader(client: DynamoDBClient, tableName: string, now: () => number): CatalogReader {
  return {
    async read(tenantId, slug) {
      const first = assembleCatalogs(await query(tenantId, toolsPrefix(slug), false), now());
      if (!first.torn) return first.catalogs;
      return readConsistently(tenantId, slug);
    },

    async readLatest(tenantId, slug) {
      const [latest] = await readConsistently(tenantId, slug);
      return latest;
    },

    async readOffers(tenantId, kind, slug) {
      const prefix = offersPrefix(kind, slug);
      const first = assembleOffers(kind, await query(tenantId, prefix, false), now());
      if (!first.torn) return first.offers;
      const { offers, torn } = assembleOffers(kind, await query(tenantId, prefix, true), now());
      if (torn) throw beingRewritten();
      return offers;
    },
  };

  async function readConsistently(tenantId: TenantId, slug: string | undefined) {
    const { catalogs, torn } = assembleCatalogs(await query(tenantId, toolsPrefix(slug), true), now());
    if (torn) throw beingRewritten();
    return catalogs;
  }

  function query(tenantId: TenantId, prefix: string, consistent: boolean) {
    return reachable(queryCatalog(client, tableName, { tenantId, prefix, consistent }));
  }
}

/** All items of a tenant whose sort key begins so. */
export async function queryCatalog(
  client: DynamoDBClient,
  tableName: string,
  wanted: { readonly tenantId: TenantId; readonly prefix: string; readonly consistent: boolean },
): Promise<Record<string, unknown>[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: marshall({ ':pk': tenantPartition(wanted.tenantId), ':prefix': wanted.prefix }),
      ConsistentRead: wanted.consistent,
    },
  );
  const items: Record<string, unknown>[] = [];
  for await (const page of pages) items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
  return items;
}
