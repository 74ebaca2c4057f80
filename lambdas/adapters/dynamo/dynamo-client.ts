import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The one retrying layer towards DynamoDB, each wait of it bounded. */
export function createDynamoClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000 },
  });
}
