import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { TABLE_KEYS } from '../../contract.ts';
import { tenantIdSchema } from '../../hub/principal.ts';
import { handleIdSchema, type TaskHandleStore } from '../../hub/tasks/task-handle.ts';
import { reachable } from './dynamo-error.ts';
import { taskHandleKey } from './keys.ts';

export interface DynamoTaskHandleStoreOptions {
  /** Of the jobs. */
  readonly tableName: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const handleSchema = z.object({
  tenantId: tenantIdSchema,
  handleId: handleIdSchema,
  subject: z.string(),
  slug: z.string(),
  serverId: z.string(),
  upstreamTaskId: z.string(),
  tool: z.string(),
  ttlMs: z.number(),
  createdAt: z.number(),
});
/** No handle of another task is ever written over. A write that is repeated by the client of the database is the same. */
const HANDLE_IS_NEW = 'attribute_not_exists(pk) OR upstreamTaskId = :upstreamTaskId';

/** Keeps handles beside the jobs, for as long as they lead somewhere. One request per operation. */
export function createDynamoTaskHandleStore(
  client: DynamoDBClient,
  { tableName, now }: DynamoTaskHandleStoreOptions,
): TaskHandleStore {
  return {
    async put(handle) {
      const { tenantId, handleId, upstreamTaskId, createdAt, ttlMs } = handle;
      const expiresAt = Math.ceil((createdAt + ttlMs) / 1000);
      const request = new PutItemCommand({
        TableName: tableName,
        Item: marshall({ ...handle, ...taskHandleKey(tenantId, handleId), [TABLE_KEYS.ttl]: expiresAt }),
        ConditionExpression: HANDLE_IS_NEW,
        ExpressionAttributeValues: marshall({ ':upstreamTaskId': upstreamTaskId }),
      });
      await reachable(client.send(request));
    },

    /** What TTL has not removed yet is gone all the same. */
    async get(tenantId, handleId) {
      const Key = marshall(taskHandleKey(tenantId, handleId));
      const request = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
      const { Item } = await reachable(client.send(request));
      const handle = Item && handleSchema.parse(unmarshall(Item));
      return handle === undefined || handle.createdAt + handle.ttlMs < now() ? undefined : handle;
    },
  };
}
