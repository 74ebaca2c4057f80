import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DUE_INDEX } from '../../../lambdas/contract.ts';
import { startDynamoDb } from '../../../local/endpoints/dynamodb.ts';

export interface JobsTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly close: () => Promise<void>;
}

/** The table of jobs, empty, in a database of its own. */
export async function startJobsTable(): Promise<JobsTable> {
  const directory = await mkdtemp(join(tmpdir(), 'nexus-jobs-'));
  const database = await startDynamoDb(join(directory, 'dynamodb.sqlite'), 'us-east-1');
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ endpoint: database.dynamodb.endpoint, region: 'us-east-1', credentials });
  const close = async () => {
    client.destroy();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  };
  await createJobsTable(client);
  return { client, tableName: 'jobs', close };
}

async function createJobsTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: 'jobs',
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
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
}
