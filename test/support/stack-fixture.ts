import type {
  BucketModel,
  FunctionModel,
  KeyModel,
  PolicyStatement,
  QueueModel,
  StackModel,
  TableModel,
} from '../../local/template/stack-model.ts';

export const ACCOUNT_ID = '000000000000';
export const REGION = 'us-east-1';

export const DATA_KEY = keyFixture('DataKey', '11111111-2222-4333-8444-555555555555');
export const VAULT_KEY = keyFixture('VaultKey', 'mrk-0123456789abcdef0123456789abcdef');

/** Encrypted with {@link DATA_KEY}; has an index on `gsi1pk`. */
export const REGISTRY = tableFixture('Registry', {
  encryptionKeyArn: DATA_KEY.arn,
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'gsi1pk', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'gsi1',
      KeySchema: [{ AttributeName: 'gsi1pk', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
});

/** Encrypted with a key of AWS; items expire. */
export const CATALOG = tableFixture('Catalog', { ttlAttribute: 'expiresAt' });

/** A stack with both tables, both keys, and a function for each entry: its name to what its role allows or denies. */
export function stackFixture(roles: Readonly<Record<string, readonly PolicyStatement[]>>): StackModel {
  return {
    stackName: 'Fixture',
    region: REGION,
    accountId: ACCOUNT_ID,
    tables: [REGISTRY, CATALOG],
    keys: [DATA_KEY, VAULT_KEY],
    functions: Object.entries(roles).map(([name, statements]) => functionFixture(name, statements)),
    queues: [],
    buckets: [],
    queueTriggers: [],
    schedules: [],
    api: { apiId: 'api', stageName: 'v1', routes: [], gatewayResponses: [], binaryMediaTypes: [], throttle: undefined },
    outputs: {},
  };
}

function functionFixture(name: string, Statement: readonly PolicyStatement[]): FunctionModel {
  return {
    logicalId: name,
    functionName: name,
    arn: `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`,
    handler: 'index.handler',
    codeDirectory: '/nowhere',
    environment: {},
    timeoutSeconds: 3,
    memoryMb: 128,
    reservedConcurrency: undefined,
    logGroupName: `/aws/lambda/${name}`,
    role: {
      logicalId: `${name}Role`,
      arn: `arn:aws:iam::${ACCOUNT_ID}:role/${name}Role`,
      policies: [{ Version: '2012-10-17', Statement }],
    },
    permissions: [],
    asynchronous: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600, onFailureQueueArn: undefined },
  };
}

function keyFixture(logicalId: string, keyId: string): KeyModel {
  const root = { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` };
  return {
    logicalId,
    keyId,
    arn: `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/${keyId}`,
    policy: { Statement: [{ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }] },
  };
}

function tableFixture(
  tableName: string,
  options: { readonly ttlAttribute?: string; readonly encryptionKeyArn?: string; readonly [property: string]: unknown },
): TableModel {
  const { ttlAttribute, encryptionKeyArn, ...properties } = options;
  return {
    logicalId: tableName,
    tableName,
    arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${tableName}`,
    createTable: {
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      ...properties,
    },
    ttlAttribute,
    encryptionKeyArn,
  };
}

/** A queue that nothing encrypts. */
export function queueFixture(queueName: string, overrides: Partial<QueueModel> = {}): QueueModel {
  return {
    logicalId: queueName,
    queueName,
    arn: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${queueName}`,
    url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT_ID}/${queueName}`,
    visibilityTimeoutSeconds: 30,
    retentionSeconds: 345_600,
    receiveWaitSeconds: 0,
    delaySeconds: 0,
    maximumMessageBytes: 1_048_576,
    redrive: undefined,
    encryptionKeyArn: undefined,
    policies: [],
    ...overrides,
  };
}

/** A bucket that nothing encrypts. */
export function bucketFixture(bucketName: string, overrides: Partial<BucketModel> = {}): BucketModel {
  return {
    logicalId: bucketName,
    bucketName,
    arn: `arn:aws:s3:::${bucketName}`,
    encryptionKeyArn: undefined,
    bucketKey: false,
    expirations: [],
    policies: [],
    ...overrides,
  };
}
