import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ServerStore } from '../../hub/servers/server-store.ts';
import { reachable } from './dynamo-error.ts';
import { createDynamoServerReader } from './dynamo-server-reader.ts';
import { type RegistryTable, serverChange, serverCreation, serverDeletion, syncNote } from './server-writes.ts';
import { transact } from './transaction.ts';

export function createDynamoServerStore(client: DynamoDBClient, registry: RegistryTable): ServerStore {
  const { tableName } = registry;
  return {
    ...createDynamoServerReader(client, tableName),

    create: (server) => transact(client, serverCreation(registry, server)),

    replace: (server, expectedVersion, lastSync) =>
      transact(client, [serverChange(registry, server, expectedVersion, lastSync)]),

    async recordSync(server, lastSync) {
      try {
        await reachable(client.send(new UpdateItemCommand(syncNote(registry, server, lastSync))));
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return;
        throw error;
      }
    },

    delete: (server) => transact(client, serverDeletion(tableName, server)),
  };
}
