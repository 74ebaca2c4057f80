import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { encryptionKeyArn } from './encryption-key.ts';
import { policyDocument } from './policy-document.ts';
import { MANAGEMENT_ONLY, type ResourceContext, type ResourceDefinition } from './resource-definition.ts';
import type { BucketModel, KeyModel } from './stack-model.ts';
import type { TemplateReader } from './template-reader.ts';
import { wholeNumber } from './whole-number.ts';

/** Private buckets without versions, with the policies about them. */
export function readBuckets(reader: TemplateReader, keys: readonly KeyModel[]): BucketModel[] {
  return reader.logicalIds('AWS::S3::Bucket').map((logicalId) => {
    const { BucketEncryption, LifecycleConfiguration } = reader.properties(logicalId, BUCKET);
    const [encryption] = BucketEncryption.ServerSideEncryptionConfiguration;
    const key = encryption?.ServerSideEncryptionByDefault.KMSMasterKeyID;
    const bucketName = reader.ref(logicalId);
    return {
      logicalId,
      bucketName,
      arn: reader.attribute(logicalId, 'Arn'),
      encryptionKeyArn: key === undefined ? undefined : encryptionKeyArn(logicalId, keys, key),
      bucketKey: encryption?.BucketKeyEnabled ?? false,
      expirations: LifecycleConfiguration.Rules.flatMap(({ Status, Prefix, ExpirationInDays: days }) =>
        Status === 'Enabled' && days !== undefined ? [{ prefix: Prefix, days }] : [],
      ),
      policies: reader
        .logicalIds('AWS::S3::BucketPolicy')
        .map((id) => reader.properties(id, BUCKET_POLICY))
        .filter(({ Bucket }) => Bucket === bucketName)
        .map(({ PolicyDocument }) => PolicyDocument),
    };
  });
}

const encryptionRule = z.strictObject({
  BucketKeyEnabled: z.boolean().optional(),
  ServerSideEncryptionByDefault: z.strictObject({
    SSEAlgorithm: z.enum(['AES256', 'aws:kms']),
    KMSMasterKeyID: z.string().optional(),
  }),
});

const lifecycleRule = z.strictObject({
  Id: z.string().optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().default(''),
  ExpirationInDays: wholeNumber(1, 2_147_483_647).optional(),
  // Uploads in parts are refused locally, so none is ever left incomplete.
  AbortIncompleteMultipartUpload: z.unknown().optional(),
});

const bucketName = (resource: ResourceContext): string => resource.text('BucketName') ?? resource.physicalId();

const BUCKET = {
  properties: z.strictObject({
    BucketName: z.string().optional(),
    BucketEncryption: z
      .strictObject({ ServerSideEncryptionConfiguration: z.array(encryptionRule).max(1) })
      .default({ ServerSideEncryptionConfiguration: [] }),
    LifecycleConfiguration: z.strictObject({ Rules: z.array(lifecycleRule) }).default({ Rules: [] }),
    // Of a bucket that is public in any way, or has access lists, the local endpoint would give a wrong picture.
    PublicAccessBlockConfiguration: z.strictObject({
      BlockPublicAcls: z.literal(true),
      BlockPublicPolicy: z.literal(true),
      IgnorePublicAcls: z.literal(true),
      RestrictPublicBuckets: z.literal(true),
    }),
    OwnershipControls: z
      .strictObject({ Rules: z.array(z.strictObject({ ObjectOwnership: z.literal('BucketOwnerEnforced') })) })
      .optional(),
    VersioningConfiguration: z.strictObject({ Status: z.literal('Suspended') }).optional(),
  }),
  noEffect: {
    LoggingConfiguration: MANAGEMENT_ONLY,
    MetricsConfigurations: MANAGEMENT_ONLY,
    Tags: MANAGEMENT_ONLY,
  },
  /** Lower case, at most 63 characters: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
  newPhysicalId: (stackName, logicalId) =>
    `${`${stackName}-${logicalId}`.toLowerCase().slice(0, 50)}-${randomBytes(6).toString('hex')}`,
  ref: bucketName,
  attributes: {
    Arn: (resource) => `arn:aws:s3:::${bucketName(resource)}`,
    DomainName: (resource) => `${bucketName(resource)}.s3.amazonaws.com`,
    RegionalDomainName: (resource) => `${bucketName(resource)}.s3.${resource.region}.amazonaws.com`,
  },
} satisfies ResourceDefinition;

const BUCKET_POLICY = {
  properties: z.strictObject({ Bucket: z.string(), PolicyDocument: policyDocument }),
  noEffect: {},
  ref: ({ logicalId }) => logicalId,
  attributes: {},
} satisfies ResourceDefinition;

export const BUCKET_DEFINITIONS = { 'AWS::S3::Bucket': BUCKET, 'AWS::S3::BucketPolicy': BUCKET_POLICY };
