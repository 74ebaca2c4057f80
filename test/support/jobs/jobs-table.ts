import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../../local/endpoints/dynamodb.ts';
import { createDueTable } from '../due-table.ts';

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
  await createDueTable(client, 'jobs');
  return { client, tableName: 'jobs', close };
}
