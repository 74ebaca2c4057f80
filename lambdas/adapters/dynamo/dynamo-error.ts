import { HubError } from '../../hub/hub-error.ts';

/** Answers about what was asked, which the caller of the table decides about. */
const DECISIONS: ReadonlySet<string> = new Set(['ConditionalCheckFailedException', 'TransactionCanceledException']);
/** The request itself is wrong: a defect of ours, which no repetition mends. */
const DEFECTS: ReadonlySet<string> = new Set(['ValidationException', 'SerializationException']);

/** Runs one request against DynamoDB. When the SDK's own retries did not help, that is `HubError('unavailable')`. */
export async function reachable<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof Error && (DECISIONS.has(error.name) || DEFECTS.has(error.name))) throw error;
    throw unavailable(error);
  }
}

export function unavailable(cause: unknown): HubError {
  return new HubError('unavailable', 'the hub cannot reach its data right now; try again', {
    cause,
    retryAfterSeconds: 2,
  });
}

export function beingRewritten(): HubError {
  return new HubError('unavailable', 'the catalog is being rewritten; try again', { retryAfterSeconds: 1 });
}

export function lostRace(): HubError {
  return new HubError('conflict', 'somebody else changed this at the same moment; read it again and repeat');
}
