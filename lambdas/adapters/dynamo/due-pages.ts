import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { DUE_INDEX } from '../../contract.ts';
import { DUE_SHARDS, dueShard } from './keys.ts';

export type Query = (input: QueryCommandInput) => Promise<QueryCommandOutput>;

const DUE_PAGE = 25;

const MINUTE_MS = 60_000;

const cursorSchema = z.object({ shard: z.number(), left: z.number(), key: z.optional(z.record(z.string(), z.any())) });

/**
 * What a table's index shows as due, one page of one shard after the other. Runs of different minutes begin with different
 * ones: where there is no time for all, those that come last are not always the same.
 */
export async function queryDuePage(
  query: Query,
  tableName: string,
  now: number,
  cursor: string | undefined,
): Promise<{ readonly items: readonly Record<string, unknown>[]; readonly cursor: string | undefined }> {
  const first: z.infer<typeof cursorSchema> = { shard: Math.floor(now / MINUTE_MS) % DUE_SHARDS, left: DUE_SHARDS - 1 };
  const { shard, left, key } = cursor === undefined ? first : cursorSchema.parse(JSON.parse(cursor));
  const { Items = [], LastEvaluatedKey } = await query({
    TableName: tableName,
    IndexName: DUE_INDEX.name,
    KeyConditionExpression: `${DUE_INDEX.partition} = :shard AND ${DUE_INDEX.sort} <= :now`,
    ExpressionAttributeValues: marshall({ ':shard': dueShard(shard), ':now': now }),
    Limit: DUE_PAGE,
    ...(key && { ExclusiveStartKey: key }),
  });
  const next =
    LastEvaluatedKey === undefined
      ? { shard: (shard + 1) % DUE_SHARDS, left: left - 1 }
      : { shard, left, key: LastEvaluatedKey };
  return {
    items: Items.map((item) => unmarshall(item)),
    cursor: next.left >= 0 ? JSON.stringify(next) : undefined,
  };
}
