import * as z from 'zod';
import type { StackModel, TableModel } from '../template/stack-model.ts';
import { namedAttributes } from './named-attributes.ts';
import { leadingKeys, queriedLeadingKey } from './leading-keys.ts';

/** What one DynamoDB request does to one table: the unit that IAM decides about. */
export interface TableAccess {
  readonly action: string;
  readonly resource: string;
  /** What it needs of the table's encryption key. */
  readonly data: 'read' | 'write' | 'none';
  readonly table: TableModel | undefined;
  readonly conditionKeys: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * The accesses that a request needs, all of them. A transaction needs the permissions of its items, not one of its own.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * `undefined` for an operation that is not authorized locally, PartiQL for one.
 */
export function dynamoDbAccesses(stack: StackModel, operation: string, body: unknown): TableAccess[] | undefined {
  const mapper = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
  return mapper?.(stack, operation, body);
}

type Mapper = (stack: StackModel, operation: string, body: unknown) => TableAccess[];

const record = z.record(z.string(), z.unknown());
const single = z.object({
  TableName: z.string(),
  IndexName: z.string().optional(),
  Key: record.optional(),
  Item: record.optional(),
  Select: z.string().optional(),
  ReturnValues: z.string().optional(),
});

const onTable =
  (data: TableAccess['data']): Mapper =>
  (stack, operation, body) => {
    const request = single.parse(body);
    const table = findTable(stack, request.TableName);
    const arn = tableArn(stack, request.TableName);
    const item = request.Item ?? request.Key;
    const leadingKey = item === undefined ? queriedLeadingKey(table, body) : leadingKeys(table, [item]);
    return [
      {
        action: `dynamodb:${operation}`,
        resource: request.IndexName === undefined ? arn : `${arn}/index/${request.IndexName}`,
        data,
        table,
        conditionKeys: {
          'dynamodb:LeadingKeys': leadingKey,
          'dynamodb:Attributes': namedAttributes(body),
          'dynamodb:Select': request.Select,
          'dynamodb:ReturnValues': request.ReturnValues,
        },
      },
    ];
  };

const batchGet: Mapper = (stack, operation, body) => {
  const { RequestItems } = z
    .object({ RequestItems: z.record(z.string(), z.object({ Keys: z.array(record) })) })
    .parse(body);
  return Object.entries(RequestItems).map(([name, { Keys }]) => batchAccess(stack, operation, name, 'read', Keys));
};

const writeRequest = z.object({
  PutRequest: z.object({ Item: record }).optional(),
  DeleteRequest: z.object({ Key: record }).optional(),
});

const batchWrite: Mapper = (stack, operation, body) => {
  const { RequestItems } = z.object({ RequestItems: z.record(z.string(), z.array(writeRequest)) }).parse(body);
  return Object.entries(RequestItems).map(([name, requests]) => {
    const items = requests.flatMap(({ PutRequest, DeleteRequest }) =>
      [PutRequest?.Item, DeleteRequest?.Key].filter((item) => item !== undefined),
    );
    return batchAccess(stack, operation, name, 'write', items);
  });
};

function batchAccess(
  stack: StackModel,
  operation: string,
  tableName: string,
  data: TableAccess['data'],
  items: readonly Readonly<Record<string, unknown>>[],
): TableAccess {
  const table = findTable(stack, tableName);
  return {
    action: `dynamodb:${operation}`,
    resource: tableArn(stack, tableName),
    data,
    table,
    conditionKeys: { 'dynamodb:LeadingKeys': leadingKeys(table, items) },
  };
}

/** Member of a transaction's item to the operation whose permission it needs. */
const TRANSACTION_ITEMS: Readonly<Record<string, { readonly operation: string; readonly data: TableAccess['data'] }>> =
  {
    Get: { operation: 'GetItem', data: 'read' },
    ConditionCheck: { operation: 'ConditionCheckItem', data: 'read' },
    Put: { operation: 'PutItem', data: 'write' },
    Update: { operation: 'UpdateItem', data: 'write' },
    Delete: { operation: 'DeleteItem', data: 'write' },
  };

const transaction: Mapper = (stack, enclosingOperation, body) => {
  const { TransactItems } = z.object({ TransactItems: z.array(record) }).parse(body);
  return TransactItems.flatMap(Object.entries).flatMap(([member, item]) => {
    const { operation, data } = TRANSACTION_ITEMS[member] ?? {};
    if (operation === undefined || data === undefined) {
      return [];
    }
    return onTable(data)(stack, operation, item).map((access) => ({
      ...access,
      conditionKeys: { ...access.conditionKeys, 'dynamodb:EnclosingOperation': enclosingOperation },
    }));
  });
};

const OPERATIONS: Readonly<Record<string, Mapper>> = {
  BatchGetItem: batchGet,
  BatchWriteItem: batchWrite,
  DeleteItem: onTable('write'),
  DescribeTable: onTable('none'),
  DescribeTimeToLive: onTable('none'),
  GetItem: onTable('read'),
  PutItem: onTable('write'),
  Query: onTable('read'),
  Scan: onTable('read'),
  TransactGetItems: transaction,
  TransactWriteItems: transaction,
  UpdateItem: onTable('write'),
};

const findTable = ({ tables }: StackModel, nameOrArn: string): TableModel | undefined =>
  tables.find(({ tableName, arn }) => nameOrArn === tableName || nameOrArn === arn);

const tableArn = ({ region, accountId }: StackModel, nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:dynamodb:${region}:${accountId}:table/${nameOrArn}`;
