import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { HubError } from '../../hub/hub-error.ts';
import type { LastSync, Server } from '../../hub/servers/server.ts';
import type { ServerStore } from '../../hub/servers/server-store.ts';
import { conditional, lostRace, reachable } from './dynamo-error.ts';
import { pinsKey, serverKey } from './keys.ts';
import { serverFromItem, settingsOf } from './server-item.ts';

/** The slug is free in this tenant. */
const SLUG_IS_FREE = 'attribute_not_exists(pk)';
/** Nobody wrote the row since it was read. */
const VERSION_IS_READ = 'serverId = :serverId AND version = :version';
/** It is still the same server under the slug, with the connection that was synced. */
const SAME_CONNECTION = 'serverId = :serverId AND revision = :revision';
/** It is still the same server under the slug. */
const SAME_SERVER = 'serverId = :serverId';

export function createDynamoServerStore(client: DynamoDBClient, tableName: string): ServerStore {
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

    async create(server) {
      const item = { ...serverKey(server.tenantId, server.slug), ...server };
      const request = new PutItemCommand({
        TableName: tableName,
        Item: marshall(item, { removeUndefinedValues: true }),
        ConditionExpression: SLUG_IS_FREE,
      });
      await conditional(
        client.send(request),
        () =>
          new HubError('slug_taken', `there is a server "${server.slug}" already; change it, or choose another slug`),
      );
    },

    async replace(server, expectedVersion) {
      await conditional(client.send(replaceSettings(tableName, server, expectedVersion)), lostRace);
    },

    async recordSync(server, lastSync) {
      try {
        await reachable(client.send(updateLastSync(tableName, server, lastSync)));
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return;
        throw error;
      }
    },

    async delete(server) {
      const request = new TransactWriteItemsCommand({
        TransactItems: [
          {
            Delete: {
              TableName: tableName,
              Key: marshall(serverKey(server.tenantId, server.slug)),
              ConditionExpression: SAME_SERVER,
              ExpressionAttributeValues: marshall({ ':serverId': server.serverId }),
            },
          },
          { Delete: { TableName: tableName, Key: marshall(pinsKey(server.tenantId, server.slug)) } },
        ],
      });
      await conditional(client.send(request), lostRace);
    },
  };
}

/** Also part of the transaction that stores a catalog. */
export function updateLastSyncExpression(server: Server, lastSync: LastSync) {
  return {
    Key: marshall(serverKey(server.tenantId, server.slug)),
    UpdateExpression: 'SET lastSync = :lastSync',
    ConditionExpression: SAME_CONNECTION,
    ExpressionAttributeValues: marshall({
      ':lastSync': lastSync,
      ':serverId': server.serverId,
      ':revision': server.revision,
    }),
  };
}

function updateLastSync(tableName: string, server: Server, lastSync: LastSync): UpdateItemCommand {
  return new UpdateItemCommand({ TableName: tableName, ...updateLastSyncExpression(server, lastSync) });
}

/** Sets what is present and removes what has become absent, and leaves `lastSync` to the syncs. */
function replaceSettings(tableName: string, server: Server, expectedVersion: number): UpdateItemCommand {
  const settings = Object.entries(settingsOf(server));
  const present = settings.filter(([, value]) => value !== undefined);
  const absent = settings.filter(([, value]) => value === undefined);
  const set = `SET ${present.map(([name]) => `#${name} = :new_${name}`).join(', ')}`;
  const remove = absent.length === 0 ? '' : ` REMOVE ${absent.map(([name]) => `#${name}`).join(', ')}`;
  return new UpdateItemCommand({
    TableName: tableName,
    Key: marshall(serverKey(server.tenantId, server.slug)),
    UpdateExpression: set + remove,
    ConditionExpression: VERSION_IS_READ,
    ExpressionAttributeNames: Object.fromEntries(settings.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: marshall({
      ...Object.fromEntries(present.map(([name, value]) => [`:new_${name}`, value])),
      ':serverId': server.serverId,
      ':version': expectedVersion,
    }),
  });
}
