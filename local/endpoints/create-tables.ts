import * as z from 'zod';
import type { TableModel } from '../template/stack-model.ts';
import type { LocalDynamoDb } from './dynamodb-request.ts';

/** Creates the tables that are not there yet, and refuses one whose keys or indexes differ from the template's. */
export async function createTables(dynamodb: LocalDynamoDb, tables: readonly TableModel[]): Promise<void> {
  for (const table of tables) {
    const existing = await describe(dynamodb, table.tableName);
    if (existing === undefined) {
      await dynamodb.call('CreateTable', table.createTable);
    } else {
      assertSameKeys(table, existing);
    }
    if (table.ttlAttribute !== undefined) {
      await enableTimeToLive(dynamodb, table.tableName, table.ttlAttribute);
    }
  }
}

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const indexes = z.array(z.object({ IndexName: z.string(), KeySchema: keySchema })).default([]);
const keysSchema = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: indexes,
  LocalSecondaryIndexes: indexes,
});
type TableKeys = z.infer<typeof keysSchema>;

async function describe(dynamodb: LocalDynamoDb, tableName: string): Promise<TableKeys | undefined> {
  try {
    const answer = await dynamodb.call('DescribeTable', { TableName: tableName });
    return z.object({ Table: keysSchema }).parse(answer).Table;
  } catch (error) {
    if (error instanceof Error && error.cause === 'ResourceNotFoundException') {
      return undefined;
    }
    throw error;
  }
}

function assertSameKeys({ logicalId, tableName, createTable }: TableModel, existing: TableKeys): void {
  if (describeKeys(keysSchema.parse(createTable)) !== describeKeys(existing)) {
    throw new Error(
      `${logicalId}: the local table ${tableName} has other keys or indexes than the template; ` +
        'move the data directory away to start with empty tables',
    );
  }
}

function describeKeys({
  KeySchema,
  AttributeDefinitions,
  GlobalSecondaryIndexes,
  LocalSecondaryIndexes,
}: TableKeys): string {
  const types = new Map(AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]));
  const keys = (schema: z.infer<typeof keySchema>): string[] =>
    schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName} ${types.get(AttributeName)}`);
  const described = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map((index) => [
    index.IndexName,
    keys(index.KeySchema),
  ]);
  return JSON.stringify([keys(KeySchema), described.sort()]);
}

async function enableTimeToLive(dynamodb: LocalDynamoDb, tableName: string, attribute: string): Promise<void> {
  const described = await dynamodb.call('DescribeTimeToLive', { TableName: tableName });
  const { TimeToLiveDescription } = timeToLiveSchema.parse(described);
  if (TimeToLiveDescription.AttributeName !== attribute) {
    await dynamodb.call('UpdateTimeToLive', {
      TableName: tableName,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
    });
  }
}

const timeToLiveSchema = z.object({ TimeToLiveDescription: z.object({ AttributeName: z.string().optional() }) });
