import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { TABLE_KEYS } from '../../contract.ts';
import type { DurationStore, TimedTool } from '../../hub/calls/duration-store.ts';
import type { TenantId } from '../../hub/principal.ts';
import { bucketOf } from './catalog-codec.ts';
import { reachable } from './dynamo-error.ts';
import { durationsKey } from './keys.ts';

/** The item speaks of this very server. */
const SAME_SERVER = 'serverId = :serverId';
/** There is no item, or one of an earlier server of this slug. */
const NOT_OF_THIS_SERVER = 'attribute_not_exists(serverId) OR serverId <> :serverId';
/** What was learned is forgotten when it was not confirmed for so long. */
const LIFETIME_SECONDS = 30 * 24 * 3600;
const MAX_TRIES = 3;

/** Writes attributes that catalogs do not have: a function that calls may learn, and cannot change what is offered. */
export function createDynamoDurationStore(
  client: DynamoDBClient,
  { tableName, now }: { readonly tableName: string; readonly now: () => number },
): DurationStore {
  return {
    async write(tenantId, tool, milliseconds) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        if (await update(tenantId, tool, milliseconds, 'add')) return;
        if (await update(tenantId, tool, milliseconds, 'begin')) return;
      }
    },
  };

  async function update(
    tenantId: TenantId,
    { slug, serverId, exposedName }: TimedTool,
    milliseconds: number,
    how: 'add' | 'begin',
  ): Promise<boolean> {
    const expiresAt = Math.floor(now() / 1000) + LIFETIME_SECONDS;
    const adds = how === 'add';
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: marshall(durationsKey(tenantId, slug, bucketOf(exposedName))),
      UpdateExpression: adds
        ? `SET durations.#tool = :duration, ${TABLE_KEYS.ttl} = :expiresAt`
        : `SET durations = :durations, serverId = :serverId, ${TABLE_KEYS.ttl} = :expiresAt`,
      ConditionExpression: adds ? SAME_SERVER : NOT_OF_THIS_SERVER,
      ...(adds && { ExpressionAttributeNames: { '#tool': exposedName } }),
      ExpressionAttributeValues: marshall({
        ':serverId': serverId,
        ':expiresAt': expiresAt,
        ...(adds ? { ':duration': milliseconds } : { ':durations': { [exposedName]: milliseconds } }),
      }),
    });
    try {
      await reachable(client.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
