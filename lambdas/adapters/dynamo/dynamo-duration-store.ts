import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DurationStore, TimedTool } from '../../hub/calls/duration-store.ts';
import type { TenantId } from '../../hub/principal.ts';
import { bucketOf } from './catalog-codec.ts';
import { reachable } from './dynamo-error.ts';
import { durationsKey } from './keys.ts';

/** The item speaks of this very server. */
const SAME_SERVER = 'learnedOf = :serverId';
/** There is no item, or one of an earlier server of this slug. */
const NOT_OF_THIS_SERVER = 'attribute_not_exists(learnedOf) OR learnedOf <> :serverId';
const MAX_TRIES = 3;
/** An answer waits for it: what cannot be written down by then is learned another time. */
const PATIENCE_MS = 250;

interface Learned extends TimedTool {
  readonly tenantId: TenantId;
  readonly milliseconds: number;
}

/** Writes attributes that no catalog has: a function that calls may learn, and cannot change what is offered. */
export function createDynamoDurationStore(client: DynamoDBClient, tableName: string): DurationStore {
  return {
    async write(tenantId, tool, milliseconds) {
      const abortSignal = AbortSignal.timeout(PATIENCE_MS);
      const learned = { tenantId, ...tool, milliseconds };
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        if (await update(learned, 'add', abortSignal)) return;
        if (await update(learned, 'begin', abortSignal)) return;
      }
    },
  };

  async function update(
    { tenantId, slug, serverId, exposedName, milliseconds }: Learned,
    how: 'add' | 'begin',
    abortSignal: AbortSignal,
  ): Promise<boolean> {
    const adds = how === 'add';
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: marshall(durationsKey(tenantId, slug, bucketOf(exposedName))),
      UpdateExpression: adds ? 'SET durations.#tool = :duration' : 'SET durations = :durations, learnedOf = :serverId',
      ConditionExpression: adds ? SAME_SERVER : NOT_OF_THIS_SERVER,
      ...(adds && { ExpressionAttributeNames: { '#tool': exposedName } }),
      ExpressionAttributeValues: marshall({
        ':serverId': serverId,
        ...(adds ? { ':duration': milliseconds } : { ':durations': { [exposedName]: milliseconds } }),
      }),
    });
    try {
      await reachable(client.send(command, { abortSignal }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
