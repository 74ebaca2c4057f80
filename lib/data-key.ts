import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
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
 * Encrypts the tables at rest. It belongs to one Region: replicas of a table are encrypted with keys of theirs, and
 * DynamoDB does the translation.
 */
export class DataKey extends Key {
  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id, {
      description: `Nexus Hub ${config.name}: tables at rest`,
      enableKeyRotation: true,
      removalPolicy: config.data.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  /** DynamoDB uses a customer managed key on behalf of its caller, so whoever reads a table needs this too. */
  grantTableRead(fn: HubFunction): void {
    this.grantThroughDynamoDb(fn, READ);
  }

  grantTableWrite(fn: HubFunction): void {
    this.grantThroughDynamoDb(fn, WRITE);
  }

  private grantThroughDynamoDb(fn: HubFunction, actions: string[]): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions,
        resources: [this.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
      }),
    );
  }
}
