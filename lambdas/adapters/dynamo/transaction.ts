import { setTimeout as pause } from 'node:timers/promises';
import {
  type CancellationReason,
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { lostRace, reachable, unavailable } from './dynamo-error.ts';

/** One write of a transaction, with what it means when its condition does not hold; a lost race unless it says so. */
export interface Write {
  readonly item: TransactWriteItem;
  readonly refusal?: () => Error;
}

/** The table was too busy for it; nothing is wrong with the request. */
const BUSY: ReadonlySet<string> = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded', 'TransactionConflict']);
const MAX_ATTEMPTS = 4;
const MAX_PAUSE_MS = 60;

/**
 * All or nothing. Conditional writes go through here even when there is one: the SDK gives a transaction a token, so that
 * a retry after a lost answer is recognised and does not fail its own condition.
 */
export async function transact(client: DynamoDBClient, writes: readonly Write[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await reachable(client.send(new TransactWriteItemsCommand({ TransactItems: writes.map(({ item }) => item) })));
      return;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      if (!metAnother(error) || attempt === MAX_ATTEMPTS) throw meaningOf(error, writes);
    }
    await pause(Math.random() * MAX_PAUSE_MS * attempt);
  }
}

/** Two transactions touched one item at the same instant. Neither decided anything; conditions are tried next time. */
function metAnother({ CancellationReasons: reasons = [] }: TransactionCanceledException): boolean {
  const codes = new Set(reasons.map(({ Code }) => Code));
  return codes.has('TransactionConflict') && !codes.has('ConditionalCheckFailed');
}

function meaningOf(error: TransactionCanceledException, writes: readonly Write[]): Error {
  const reasons: readonly CancellationReason[] = error.CancellationReasons ?? [];
  const refused = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
  if (refused !== -1) return writes[refused]?.refusal?.() ?? lostRace();
  if (reasons.some(({ Code }) => Code !== undefined && BUSY.has(Code))) return unavailable(error);
  return error;
}
