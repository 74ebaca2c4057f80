import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { CatalogPart, CatalogParts } from '../../hub/cleanup/orphaned-catalogs.ts';
import { reachable } from './dynamo-error.ts';
import { catalogSlug, tenantOf, tenantPartition } from './keys.ts';

const partSchema = z.object({
  pk: z.string(),
  sk: z.string(),
  serverId: z.optional(z.string()),
  learnedOf: z.optional(z.string()),
  commitId: z.optional(z.string()),
});
const cursorSchema = z.object({ pk: z.string(), sk: z.string() });

/** It is still the item that was found to belong to nobody. */
const SAME_COMMIT = 'commitId = :commitId';
/** Nobody else has learned something in its place. */
const SAME_SERVER = 'attribute_not_exists(commitId) AND learnedOf = :serverId';

/** So many are looked at at once. */
const PAGE = 200;

/** Goes through the table itself, which no key finds: what is lost there is what nothing names. */
export function createDynamoCatalogParts(client: DynamoDBClient, tableName: string): CatalogParts {
  return {
    async page(cursor) {
      const request = new ScanCommand({
        TableName: tableName,
        ProjectionExpression: 'pk, sk, serverId, learnedOf, commitId',
        Limit: PAGE,
        ...(cursor !== undefined && { ExclusiveStartKey: marshall(cursorSchema.parse(JSON.parse(cursor))) }),
      });
      const { Items = [], LastEvaluatedKey: last } = await reachable(client.send(request));
      const parts = Items.map((item) => partOf(unmarshall(item)));
      return {
        items: parts.filter((part) => part !== undefined),
        cursor: last && JSON.stringify(cursorSchema.parse(unmarshall(last))),
      };
    },

    async remove({ tenantId, name, commitId, serverId }) {
      const request = new DeleteItemCommand({
        TableName: tableName,
        Key: marshall({ pk: tenantPartition(tenantId), sk: name }),
        ...(commitId === undefined
          ? { ConditionExpression: SAME_SERVER, ExpressionAttributeValues: marshall({ ':serverId': serverId ?? '' }) }
          : { ConditionExpression: SAME_COMMIT, ExpressionAttributeValues: marshall({ ':commitId': commitId }) }),
      });
      try {
        await reachable(client.send(request));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

/** Undefined for what is none of the hub's items: it is left alone. */
function partOf(item: Record<string, unknown>): CatalogPart | undefined {
  const part = partSchema.safeParse(item).data;
  if (part === undefined) return undefined;
  const { pk, sk, learnedOf, serverId = learnedOf, commitId } = part;
  const tenantId = tenantOf(pk);
  if (tenantId === undefined || (serverId ?? commitId) === undefined) return undefined;
  return { tenantId, slug: catalogSlug(sk), serverId, name: sk, commitId };
}
