import * as z from 'zod';

const itemFailures = z.array(z.object({ itemIdentifier: z.string() }));

/**
 * The messages that a function reports as failed. An answer without a list means that none has; one that Lambda cannot
 * make sense of, or that names a message which was not in the batch, means that all have.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failedItems(answer: string, ids: readonly string[]): ReadonlySet<string> {
  const all = new Set(ids);
  const reported = parse(answer);
  if (reported === undefined) return all;
  const failures = itemFailures.safeParse(reported ?? []);
  const failed = failures.data?.map(({ itemIdentifier }) => itemIdentifier);
  return failed === undefined || failed.some((id) => !all.has(id)) ? all : new Set(failed);
}

/** The reported list, `null` where the answer has none, `undefined` where it is none that can be read. */
function parse(answer: string): unknown {
  try {
    const response: unknown = JSON.parse(answer === '' ? 'null' : answer);
    if (response === null) return null;
    return responseSchema.safeParse(response).data?.batchItemFailures ?? null;
  } catch {
    return undefined;
  }
}

const responseSchema = z.object({ batchItemFailures: z.unknown() });
