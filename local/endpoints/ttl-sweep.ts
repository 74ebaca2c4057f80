import * as z from 'zod';
import type { TableModel } from '../template/stack-model.ts';
import type { LocalDynamoDb } from './dynamodb-request.ts';

const PAGE_SIZE = 500;
const MAX_PAGES = 20;

/**
 * Removes what has expired, as DynamoDB does in the background: at most so many pages per table, and only what is
 * still expired when it is deleted. Returns how many items went.
 */
export async function sweepExpired(
  dynamodb: LocalDynamoDb,
  tables: readonly TableModel[],
  now: () => number,
): Promise<number> {
  let removed = 0;
  for (const table of tables) {
    removed += table.ttlAttribute === undefined ? 0 : await sweepTable(dynamodb, table, table.ttlAttribute, now);
  }
  return removed;
}

/** Sweeps again and again until stopped. A sweep that fails is reported and tried again at the next turn. */
export function startTtlSweep(input: {
  readonly dynamodb: LocalDynamoDb;
  readonly tables: readonly TableModel[];
  readonly now: () => number;
  readonly intervalMs?: number;
}): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  let stopped = false;
  const timer = setInterval(() => {
    running = running
      .then(() => sweepExpired(input.dynamodb, input.tables, input.now))
      .catch((error: unknown) => {
        if (!stopped) {
          process.emitWarning(`expired items were not removed: ${String(error)}`);
        }
      });
  }, input.intervalMs ?? 60_000);
  timer.unref();
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

const item = z.record(z.string(), z.unknown());
const page = z.object({ Items: z.array(item), LastEvaluatedKey: item.optional() });

async function sweepTable(
  dynamodb: LocalDynamoDb,
  { tableName, createTable }: TableModel,
  attribute: string,
  now: () => number,
): Promise<number> {
  const keyNames = keySchema.parse(createTable).KeySchema.map(({ AttributeName }) => AttributeName);
  const expiry = expiredCondition(attribute, now());
  let start: z.infer<typeof item> | undefined;
  let removed = 0;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const answer = await dynamodb.call('Scan', {
      TableName: tableName,
      FilterExpression: expiry.expression,
      ...expiry.attributes,
      Limit: PAGE_SIZE,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    });
    const { Items, LastEvaluatedKey } = page.parse(answer);
    for (const found of Items) {
      const Key = Object.fromEntries(keyNames.map((name) => [name, found[name]]));
      removed += await deleteIfExpired(dynamodb, { TableName: tableName, Key }, expiry);
    }
    if (LastEvaluatedKey === undefined) {
      break;
    }
    start = LastEvaluatedKey;
  }
  return removed;
}

const keySchema = z.object({ KeySchema: z.array(z.object({ AttributeName: z.string() })) });

/** Only a number counts as a time; anything else never expires. */
const expiredCondition = (attribute: string, nowMs: number) => ({
  expression: 'attribute_type(#ttl, :number) AND #ttl <= :now',
  attributes: {
    ExpressionAttributeNames: { '#ttl': attribute },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(nowMs / 1000)) }, ':number': { S: 'N' } },
  },
});

/** An item that was renewed since the scan stays. */
async function deleteIfExpired(
  dynamodb: LocalDynamoDb,
  target: { readonly TableName: string; readonly Key: Readonly<Record<string, unknown>> },
  expiry: ReturnType<typeof expiredCondition>,
): Promise<number> {
  try {
    await dynamodb.call('DeleteItem', { ...target, ConditionExpression: expiry.expression, ...expiry.attributes });
    return 1;
  } catch (error) {
    if (error instanceof Error && error.cause === 'ConditionalCheckFailedException') {
      return 0;
    }
    throw error;
  }
}
