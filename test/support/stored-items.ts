import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  paginateScan,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { TestHub } from './test-hub.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests change items whose shape they know
type Item = Record<string, any>;
interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** The tables of a running hub themselves, past its functions and their permissions: what only time would bring about. */
export function storedItems({ hub }: TestHub) {
  const client = new DynamoDBClient({
    endpoint: hub.dynamodbEndpoint,
    region: hub.stack.region,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const nameOf = (table: 'Registry' | 'Catalog' | 'Jobs'): string => hub.stack.outputs[`${table}TableName`] ?? '';
  type Table = Parameters<typeof nameOf>[0];

  const get = async (table: Table, key: Key): Promise<Item> => {
    const { Item } = await client.send(new GetItemCommand({ TableName: nameOf(table), Key: marshall(key) }));
    if (Item === undefined) throw new Error(`${table} has no ${key.pk} ${key.sk}`);
    return unmarshall(Item);
  };
  const put = async (table: Table, item: Item): Promise<void> => {
    await client.send(
      new PutItemCommand({ TableName: nameOf(table), Item: marshall(item, { removeUndefinedValues: true }) }),
    );
  };
  return {
    get,
    put,
    async remove(table: Table, { pk, sk }: Key): Promise<void> {
      await client.send(new DeleteItemCommand({ TableName: nameOf(table), Key: marshall({ pk, sk }) }));
    },
    async all(table: Table): Promise<Item[]> {
      const items: Item[] = [];
      for await (const page of paginateScan({ client }, { TableName: nameOf(table) })) {
        items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
      }
      return items;
    },
    /** As if a server had last been synchronized so much earlier. */
    async age(tenant: string, slug: string, ms: number, more: Item = {}): Promise<void> {
      const row = await get('Registry', { pk: `TENANT#${tenant}`, sk: `CONFIG#SERVER#${slug}` });
      const lastSync = { ...row['lastSync'], at: row['lastSync'].at - ms };
      await put('Registry', { ...row, lastSync, dueAt: row['dueAt'] - ms, ...more });
    },
    close: () => client.destroy(),
  };
}
