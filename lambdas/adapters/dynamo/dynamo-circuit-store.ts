import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { type CircuitKey, type CircuitStore, connectionOf } from '../../hub/limits/circuit.ts';
import { reachable } from './dynamo-error.ts';
import { limitKey } from './keys.ts';

const counted = z.object({ circuit: z.object({ failures: z.number() }) });

/** The item speaks of this very connection. */
const SAME_CONNECTION = 'circuit.#connection = :connection';
/** And nobody has changed when it is called again. */
const STILL_AS_SEEN = `${SAME_CONNECTION} AND circuit.openUntil = :seen`;

/**
 * Keeps circuits in the item that counts the server's calls, so that a call learns of them without another read. An item
 * that is not there, because nothing was ever counted, has no circuit and gets none.
 */
export function createDynamoCircuitStore(client: DynamoDBClient, tableName: string): CircuitStore {
  return {
    async countFailure(key) {
      const again = { UpdateExpression: 'SET circuit.failures = circuit.failures + :one', ReturnValues: 'UPDATED_NEW' };
      const changed = await updated(key, { ...again, ConditionExpression: SAME_CONNECTION }, { ':one': 1 });
      if (changed !== undefined) return counted.parse(changed).circuit.failures;
      const first = { connection: connectionOf(key), failures: 1, openUntil: 0 };
      const begin = { UpdateExpression: 'SET circuit = :first', ConditionExpression: 'attribute_exists(pk)' };
      await updated(key, begin, { ':first': first });
      return 1;
    },
    async open(key, until) {
      const open = { UpdateExpression: 'SET circuit.openUntil = :until', ConditionExpression: SAME_CONNECTION };
      await updated(key, open, { ':until': until });
    },
    async close(key) {
      await updated(key, { UpdateExpression: 'REMOVE circuit', ConditionExpression: SAME_CONNECTION }, {});
    },
    async movePause(key, seen, until) {
      const move = { UpdateExpression: 'SET circuit.openUntil = :until', ConditionExpression: STILL_AS_SEEN };
      return (await updated(key, move, { ':until': until, ':seen': seen.openUntil })) !== undefined;
    },
  };

  /** The changed attributes; undefined when the condition did not hold. */
  async function updated(
    key: CircuitKey,
    update: Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ConditionExpression'> & { ReturnValues?: string },
    values: Record<string, unknown>,
  ): Promise<Record<string, unknown> | undefined> {
    const names = update.ConditionExpression?.includes('#connection') ?? false;
    const request: UpdateItemCommandInput = {
      TableName: tableName,
      Key: marshall(limitKey(key.tenantId, `SERVER#${key.slug}`)),
      UpdateExpression: update.UpdateExpression,
      ConditionExpression: update.ConditionExpression,
      ...(names && { ExpressionAttributeNames: { '#connection': 'connection' } }),
      ...(update.ReturnValues === undefined ? {} : { ReturnValues: 'UPDATED_NEW' }),
      ExpressionAttributeValues: marshall({ ...values, ...(names && { ':connection': connectionOf(key) }) }),
    };
    try {
      const { Attributes } = await reachable(client.send(new UpdateItemCommand(request)));
      return unmarshall(Attributes ?? {});
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}
