import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { HubFunction } from './hub-function.ts';
import type { StageConfig } from './stage-config.ts';

const READ = ['kms:Decrypt', 'kms:DescribeKey'];
const WRITE = [
  ...READ,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * Encrypts the tables and the results of jobs at rest. It belongs to one Region: replicas of a table are encrypted with keys
 * of theirs, and DynamoDB does the translation.
 */
export class DataKey extends Key {
  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id, {
      description: `Nexus Hub ${config.name}: tables and results at rest`,
      enableKeyRotation: true,
      removalPolicy: config.data.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  /** DynamoDB uses a customer managed key on behalf of its caller, so whoever reads a table needs this too. */
  grantTableRead(fn: HubFunction): void {
    this.grantThrough('dynamodb', fn, READ);
  }

  grantTableWrite(fn: HubFunction): void {
    this.grantThrough('dynamodb', fn, WRITE);
  }

  /** The same of S3. A bucket with a key of its own below this one is named as a whole. */
  grantObjects(fn: HubFunction, bucket: Bucket, action: 'kms:Decrypt' | 'kms:GenerateDataKey'): void {
    this.grantThrough('s3', fn, [action], { 'kms:EncryptionContext:aws:s3:arn': bucket.bucketArn });
  }

  private grantThrough(service: string, fn: HubFunction, actions: string[], context?: Record<string, string>): void {
    const via = { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` };
    fn.addToRolePolicy(
      new PolicyStatement({ actions, resources: [this.keyArn], conditions: { StringEquals: { ...via, ...context } } }),
    );
  }
}
