import { CreateTableCommand, type DynamoDBClient, type Projection } from '@aws-sdk/client-dynamodb';
import { DUE_INDEX } from '../../lambdas/contract.ts';

/** A table with the generic key and the index of what is due, as `lib/` declares it. */
export async function createDueTable(
  client: DynamoDBClient,
  tableName: string,
  projection: Projection = { ProjectionType: 'ALL' },
): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: DUE_INDEX.partition, AttributeType: 'S' },
        { AttributeName: DUE_INDEX.sort, AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: DUE_INDEX.name,
          KeySchema: [
            { AttributeName: DUE_INDEX.partition, KeyType: 'HASH' },
            { AttributeName: DUE_INDEX.sort, KeyType: 'RANGE' },
          ],
          Projection: projection,
        },
      ],
    }),
  );
}
