import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { DUE_INDEX } from '../../contract.ts';
import type { DueServers } from '../../hub/catalog/due-servers.ts';
import { tenantIdSchema } from '../../hub/principal.ts';
import { queryDuePage } from './due-pages.ts';
import { reachable } from './dynamo-error.ts';
import { serverKey } from './keys.ts';

/** What the index shows of a server: its name, and nothing of its settings. */
const dueSchema = z.object({
  tenantId: tenantIdSchema,
  slug: z.string(),
  serverId: z.string(),
  [DUE_INDEX.sort]: z.number(),
});

/** Neither a sync nor another run decided since it was found. */
const STILL_DUE = 'serverId = :serverId AND #dueAt = :dueAt';

export function createDynamoDueServers(client: DynamoDBClient, tableName: string): DueServers {
  return {
    async due(now, cursor) {
      const page = await queryDuePage(
        (input) => reachable(client.send(new QueryCommand(input))),
        tableName,
        now,
        cursor,
      );
      return { servers: page.items.map((item) => dueSchema.parse(item)), cursor: page.cursor };
    },

    async postpone({ tenantId, slug, serverId, dueAt }, until) {
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: marshall(serverKey(tenantId, slug)),
        UpdateExpression: 'SET #dueAt = :until',
        ConditionExpression: STILL_DUE,
        ExpressionAttributeNames: { '#dueAt': DUE_INDEX.sort },
        ExpressionAttributeValues: marshall({ ':until': until, ':serverId': serverId, ':dueAt': dueAt }),
      });
      try {
        await reachable(client.send(update));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}
