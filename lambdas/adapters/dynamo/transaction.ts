import {
  type CancellationReason,
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { HubError } from '../../hub/hub-error.ts';
import { lostRace, reachable, unavailable } from './dynamo-error.ts';

/** One write of a transaction, with what it means when its condition does not hold; a lost race unless it says so. */
export interface Write {
  readonly item: TransactWriteItem;
  readonly refusal?: () => HubError;
}

const THROTTLED: ReadonlySet<string> = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * All or nothing. Conditional writes go through here even when there is one: the SDK gives a transaction a token, so that
 * a retry after a lost answer is recognised and does not fail its own condition.
 */
export async function transact(client: DynamoDBClient, writes: readonly Write[]): Promise<void> {
  try {
    await reachable(client.send(new TransactWriteItemsCommand({ TransactItems: writes.map(({ item }) => item) })));
  } catch (error) {
    throw error instanceof TransactionCanceledException ? meaningOf(error, writes) : error;
  }
}

function meaningOf(error: TransactionCanceledException, writes: readonly Write[]): Error {
  const reasons: readonly CancellationReason[] = error.CancellationReasons ?? [];
  const refused = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
  if (refused !== -1) return writes[refused]?.refusal?.() ?? lostRace();
  if (reasons.some(({ Code }) => Code === 'TransactionConflict')) return lostRace();
  if (reasons.some(({ Code }) => Code !== undefined && THROTTLED.has(Code))) return unavailable(error);
  return error;
}
