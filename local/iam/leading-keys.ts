import * as z from 'zod';
import type { TableModel } from '../template/stack-model.ts';

/** `dynamodb:LeadingKeys` of a request that names its items: their partition key values. */
export function leadingKeys(
  table: TableModel | undefined,
  items: readonly Readonly<Record<string, unknown>>[],
): readonly string[] {
  const attribute = table === undefined ? undefined : partitionKey(table, undefined);
  return attribute === undefined ? [] : [...new Set(items.map((item) => keyText(item[attribute])))];
}

const query = z.object({
  IndexName: z.string().optional(),
  KeyConditionExpression: z.string().default(''),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: z.record(z.string(), z.unknown()).default({}),
});

/** `dynamodb:LeadingKeys` of a query. A scan has none, which satisfies every `ForAllValues` condition, as on AWS. */
export function queriedLeadingKey(table: TableModel | undefined, body: unknown): readonly string[] {
  const { IndexName, KeyConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = query.parse(body);
  const attribute = table === undefined ? undefined : partitionKey(table, IndexName);
  return [...KeyConditionExpression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)].flatMap(([, name = '', value = '']) =>
    (ExpressionAttributeNames[name] ?? name) === attribute ? [keyText(ExpressionAttributeValues[value])] : [],
  );
}

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const indexes = z.array(z.object({ IndexName: z.string(), KeySchema: keySchema })).default([]);
const tableSchema = z.object({
  KeySchema: keySchema,
  GlobalSecondaryIndexes: indexes,
  LocalSecondaryIndexes: indexes,
});

function partitionKey({ createTable }: TableModel, indexName: string | undefined): string | undefined {
  const table = tableSchema.parse(createTable);
  const index = [...table.GlobalSecondaryIndexes, ...table.LocalSecondaryIndexes].find(
    ({ IndexName }) => IndexName === indexName,
  );
  return (index ?? table).KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName;
}

const attributeValue = z.union([
  z.object({ S: z.string() }).transform(({ S }) => S),
  z.object({ N: z.string() }).transform(({ N }) => N),
  z.object({ B: z.string() }).transform(({ B }) => B),
]);

const keyText = (value: unknown): string => attributeValue.parse(value);
