import * as z from 'zod';
import { AwsError } from './aws-error.ts';

const MAX_ENTRIES = 10;
const MAX_BATCH_BYTES = 1_048_576;

const entries = z.object({ Entries: z.array(z.looseObject({ Id: z.string().regex(/^[\w-]{1,80}$/) })) });

/** Does each entry of a batch for itself and answers which went well; a batch that is wrong as a whole does nothing. */
export function batch<T>(body: unknown, schema: z.ZodType<T>, perform: (entry: T) => unknown): unknown {
  const { Entries } = entries.parse(body);
  const ids = new Set(Entries.map(({ Id }) => Id));
  if (Entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (Entries.length > MAX_ENTRIES) {
    throw new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${MAX_ENTRIES}.`);
  }
  if (ids.size < Entries.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  if (bodyBytes(Entries) > MAX_BATCH_BYTES) {
    throw new AwsError('BatchRequestTooLong', `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes.`);
  }
  const results = Entries.map(({ Id, ...entry }) => attempt(Id, () => perform(schema.parse(entry))));
  return {
    Successful: results.filter((result) => !('Code' in result)),
    Failed: results.filter((result) => 'Code' in result),
  };
}

const bodyBytes = (list: z.infer<typeof entries>['Entries']): number =>
  list.reduce(
    (sum, { MessageBody }) => sum + (typeof MessageBody === 'string' ? Buffer.byteLength(MessageBody) : 0),
    0,
  );

function attempt(Id: string, act: () => unknown): object {
  try {
    return Object.assign({ Id }, act());
  } catch (error) {
    if (error instanceof AwsError) return failed(Id, error.type, error.message);
    if (error instanceof z.ZodError) return failed(Id, 'InvalidParameterValue', z.prettifyError(error));
    throw error;
  }
}

const failed = (Id: string, Code: string, Message: string): object => ({ Id, SenderFault: true, Code, Message });
