import type {
  FunctionModel,
  KeyModel,
  PolicyStatement,
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
