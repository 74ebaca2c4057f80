import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { SystemState } from '../../hub/system/system-rows.ts';
import type { SystemStore } from '../../hub/system/system-store.ts';
import { reachable } from './dynamo-error.ts';
import { ownCredentialKey, SYSTEM_PARTITION, systemStateKey, type TableKey } from './keys.ts';
import { ownCredentialFromItem, stateFromItem } from './system-item.ts';
import { transact } from './transaction.ts';

/** Nobody wrote the row since it was read, or there was none. */
const VERSION_IS_READ = 'version = :version OR (attribute_not_exists(pk) AND :version = :initial)';

export function createDynamoSystemStore(client: DynamoDBClient, tableName: string): SystemStore {
  return {
    readStates: () => reachable(queryStates()),

    async readState(slug) {
      const item = await read(systemStateKey(slug));
      return item && stateFromItem(item);
    },

    writeState: (state, expectedVersion) => write({ ...systemStateKey(state.slug), ...state }, expectedVersion),

    async readOwn(tenantId, slug) {
      const item = await read(ownCredentialKey(tenantId, slug));
      return item && ownCredentialFromItem(item);
    },

    writeOwn: (tenantId, own, expectedVersion) =>
      write({ ...ownCredentialKey(tenantId, own.slug), ...own }, expectedVersion),

    deleteOwn: (tenantId, { slug, version }) =>
      transact(client, [
        {
          item: {
            Delete: {
              TableName: tableName,
              Key: marshall(ownCredentialKey(tenantId, slug)),
              ...versionIsRead(version),
            },
          },
        },
      ]),
  };

  async function queryStates(): Promise<SystemState[]> {
    const query = {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: marshall({ ':pk': SYSTEM_PARTITION }),
      ConsistentRead: true,
    };
    const states: SystemState[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, query)) {
      states.push(...Items.map((item) => stateFromItem(unmarshall(item))));
    }
    return states;
  }

  async function read(key: TableKey): Promise<Record<string, unknown> | undefined> {
    const request = new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true });
    const { Item } = await reachable(client.send(request));
    return Item && unmarshall(Item);
  }

  function write(item: TableKey & object, expectedVersion: number): Promise<void> {
    const Item = marshall(item, { removeUndefinedValues: true });
    return transact(client, [{ item: { Put: { TableName: tableName, Item, ...versionIsRead(expectedVersion) } } }]);
  }
}

function versionIsRead(version: number) {
  return {
    ConditionExpression: VERSION_IS_READ,
    ExpressionAttributeValues: marshall({ ':version': version, ':initial': 0 }),
  };
}
