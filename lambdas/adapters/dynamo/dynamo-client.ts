import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The one retrying layer towards DynamoDB, each wait of it bounded. */
export function createDynamoClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    // Without the third setting the second one only warns.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}
