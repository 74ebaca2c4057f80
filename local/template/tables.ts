import * as z from 'zod';
import { encryptionKeyArn } from './encryption-key.ts';
import { MANAGEMENT_ONLY, type ResourceContext, type ResourceDefinition } from './resource-definition.ts';
import { type ResourceName, resourceName } from './resource-name.ts';
import type { KeyModel, TableModel } from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';

/** Tables of either resource type; a global table must have its only replica here. */
export function readTables(reader: TemplateReader, keys: readonly KeyModel[]): TableModel[] {
  const tables = reader.logicalIds('AWS::DynamoDB::Table').map((logicalId) => {
    const { SSESpecification, ...table } = reader.properties(logicalId, TABLE);
    return model(reader, logicalId, table, keyArn(logicalId, keys, SSESpecification?.KMSMasterKeyId));
  });
  const globalTables = reader.logicalIds('AWS::DynamoDB::GlobalTable').map((logicalId) => {
    const { SSESpecification: _, Replicas, ...table } = reader.properties(logicalId, GLOBAL_TABLE);
    const [replica] = Replicas;
    if (replica?.Region !== reader.region || Replicas.length > 1) {
      throw new Error(`${logicalId}: a global table must have exactly one replica, in ${reader.region}`);
    }
    return model(reader, logicalId, table, keyArn(logicalId, keys, replica.SSESpecification?.KMSMasterKeyId));
  });
  return [...tables, ...globalTables];
}

function model(
  reader: TemplateReader,
  logicalId: string,
  { TimeToLiveSpecification: ttl, ...table }: z.infer<typeof commonProperties>,
  keyOfTable: string | undefined,
): TableModel {
  const tableName = reader.ref(logicalId);
  return {
    logicalId,
    tableName,
    arn: reader.attribute(logicalId, 'Arn'),
    createTable: { BillingMode: 'PROVISIONED', ...table, TableName: tableName },
    ttlAttribute: ttl?.Enabled ? ttl.AttributeName : undefined,
    encryptionKeyArn: keyOfTable,
  };
}

const keyArn = (logicalId: string, keys: readonly KeyModel[], idOrArn: string | undefined): string | undefined =>
  idOrArn === undefined ? undefined : encryptionKeyArn(logicalId, keys, idOrArn);

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const throughput = z.strictObject({ ReadCapacityUnits: z.coerce.number(), WriteCapacityUnits: z.coerce.number() });
const index = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.strictObject({
    ProjectionType: z.string().optional(),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
  ProvisionedThroughput: throughput.optional(),
});

const commonProperties = z.strictObject({
  TableName: z.string().optional(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  BillingMode: z.enum(['PAY_PER_REQUEST', 'PROVISIONED']).optional(),
  ProvisionedThroughput: throughput.optional(),
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().optional(), Enabled: z.boolean() }).optional(),
});

const encryption = z.strictObject({ SSEEnabled: z.boolean(), SSEType: z.literal('KMS').optional() });

const NO_EFFECT = {
  DeletionProtectionEnabled: 'nothing deletes a local table',
  PointInTimeRecoverySpecification: 'backups belong to an AWS account',
  ContributorInsightsSpecification: MANAGEMENT_ONLY,
  OnDemandThroughput: 'a local table has no capacity limits',
  WarmThroughput: 'a local table has no capacity limits',
  TableClass: 'only a price',
  Tags: MANAGEMENT_ONLY,
};

const tableArn = (resource: ResourceContext): string =>
  `arn:aws:dynamodb:${resource.region}:${resource.accountId}:table/${tableName.ref(resource)}`;

const tableName: ResourceName = resourceName('TableName');

const TABLE = {
  properties: commonProperties.extend({
    SSESpecification: encryption.extend({ KMSMasterKeyId: z.string().optional() }).optional(),
  }),
  noEffect: NO_EFFECT,
  ...tableName,
  attributes: { Arn: tableArn },
} satisfies ResourceDefinition;

const GLOBAL_TABLE = {
  properties: commonProperties.extend({
    SSESpecification: encryption.optional(),
    Replicas: z.array(
      z
        .object({
          Region: z.string(),
          SSESpecification: z.strictObject({ KMSMasterKeyId: z.string() }).optional(),
          PointInTimeRecoverySpecification: z.unknown().optional(),
          DeletionProtectionEnabled: z.unknown().optional(),
          ContributorInsightsSpecification: z.unknown().optional(),
          TableClass: z.unknown().optional(),
          Tags: z.unknown().optional(),
        })
        .strict(),
    ),
  }),
  noEffect: NO_EFFECT,
  ...tableName,
  attributes: { Arn: tableArn },
} satisfies ResourceDefinition;

export const TABLE_DEFINITIONS = { 'AWS::DynamoDB::Table': TABLE, 'AWS::DynamoDB::GlobalTable': GLOBAL_TABLE };
