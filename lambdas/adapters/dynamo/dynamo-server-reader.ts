import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ServerStore } from '../../hub/servers/server-store.ts';
import { reachable } from './dynamo-error.ts';
import { serverKey } from './keys.ts';
import { serverFromItem } from './server-item.ts';

/** One server, as it is now. */
export function createDynamoServerReader(client: DynamoDBClient, tableName: string): Pick<ServerStore, 'get'> {
  return {
    async get(tenantId, slug) {
      const request = new GetItemCommand({
        TableName: tableName,
        Key: marshall(serverKey(tenantId, slug)),
        ConsistentRead: true,
      });
      const { Item } = await reachable(client.send(request));
      return Item === undefined ? undefined : serverFromItem(unmarshall(Item));
    },
  };
}
