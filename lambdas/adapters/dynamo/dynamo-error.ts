import { HubError } from '../../hub/hub-error.ts';

/** Names that the hub decides about itself; every other failure means that the table cannot be used right now. */
const DECISIONS: ReadonlySet<string> = new Set(['ConditionalCheckFailedException', 'TransactionCanceledException']);

/** Runs one request against DynamoDB. After the SDK's own retries, a failure is `HubError('unavailable')`. */
export async function reachable<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof Error && DECISIONS.has(error.name)) throw error;
    throw new HubError('unavailable', 'the hub cannot reach its data right now; try again', {
      cause: error,
      retryAfterSeconds: 2,
    });
  }
}

/** Runs one conditional write; a condition that does not hold becomes the given refusal. */
export async function conditional<T>(request: Promise<T>, refusal: () => HubError): Promise<T> {
  try {
    return await reachable(request);
  } catch (error) {
    if (error instanceof Error && DECISIONS.has(error.name)) throw refusal();
    throw error;
  }
}

export function lostRace(): HubError {
  return new HubError('conflict', 'somebody else changed this at the same moment; read it again and repeat');
}
