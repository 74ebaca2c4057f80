import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { StoredTenantConfigStore } from '../../hub/catalog/tenant-config.ts';
import { reachable } from './dynamo-error.ts';
import { CONFIG_PREFIX, OWN_CREDENTIAL_PREFIX, permissionsKey, SERVER_PREFIX, tenantPartition } from './keys.ts';
import { permissionsFromItem } from './permissions-item.ts';
import { serverFromItem } from './server-item.ts';
import { ownCredentialFromItem } from './system-item.ts';
import { transact } from './transaction.ts';

/** Nobody wrote the permissions since they were read, or nobody ever did. */
const VERSION_IS_READ = 'version = :version OR (attribute_not_exists(pk) AND :version = :initial)';

export function createDynamoTenantConfigStore(client: DynamoDBClient, tableName: string): StoredTenantConfigStore {
  return {
    async read(tenantId) {
      const items = await reachable(queryConfig(tenantPartition(tenantId)));
      const permissionsSortKey = permissionsKey(tenantId).sk;
      return {
        servers: items.filter(({ sk }) => String(sk).startsWith(SERVER_PREFIX)).map(serverFromItem),
        permissions: permissionsFromItem(items.find(({ sk }) => sk === permissionsSortKey)),
        ownCredentials: items
          .filter(({ sk }) => String(sk).startsWith(OWN_CREDENTIAL_PREFIX))
          .map(ownCredentialFromItem),
      };
    },

    async readPermissions(tenantId) {
      const request = new GetItemCommand({
        TableName: tableName,
        Key: marshall(permissionsKey(tenantId)),
        ConsistentRead: true,
      });
      const { Item } = await reachable(client.send(request));
      return permissionsFromItem(Item === undefined ? undefined : unmarshall(Item));
    },

    async writePermissions(tenantId, permissions, expectedVersion) {
      const version = expectedVersion + 1;
      const put = {
        TableName: tableName,
        Item: marshall({ ...permissionsKey(tenantId), permissions, version }),
        ConditionExpression: VERSION_IS_READ,
        ExpressionAttributeValues: marshall({ ':version': expectedVersion, ':initial': 0 }),
      };
      await transact(client, [{ item: { Put: put } }]);
      return version;
    },
  };

  /** Strongly consistent: a tool that was just disabled must not be listed or called any more. */
  async function queryConfig(partition: string): Promise<Record<string, unknown>[]> {
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: marshall({ ':pk': partition, ':prefix': CONFIG_PREFIX }),
        ConsistentRead: true,
      },
    );
    const items: Record<string, unknown>[] = [];
    for await (const page of pages) items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    return items;
  }
}
