import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { DUE_INDEX, TABLE_KEYS, TIME_LIMITS } from '../../lambdas/contract.ts';
import { resourcesOf, synthesized } from './synthesized.ts';

const tableShape = z.object({
  BillingMode: z.literal('PAY_PER_REQUEST'),
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.string() })),
  SSESpecification: z.object({
    SSEType: z.literal('KMS'),
    KMSMasterKeyId: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  }),
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }),
  DeletionProtectionEnabled: z.boolean(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

const indexesShape = z.array(z.object({ IndexName: z.string() })).default([]);

function tablesOf(stage: string) {
  const { template } = synthesized({ stage });
  const entries = resourcesOf(template, 'AWS::DynamoDB::Table').map(
    (table) => [table.id, { ...tableShape.parse(table.Properties), deletion: table.DeletionPolicy }] as const,
  );
  return { template, tables: Object.fromEntries(entries) };
}

for (const stage of ['dev', 'prod']) {
  describe(`the tables of ${stage}`, () => {
    const { template, tables } = tablesOf(stage);

    it('are one per purpose, on demand', () => {
      assert.deepEqual(Object.keys(tables).sort(), ['AsyncJobsTable', 'CatalogTable', 'LimitsTable', 'RegistryTable']);
    });

    it('have the generic key, and no index but the one of unfinished jobs by the time they are due', () => {
      for (const table of resourcesOf(template, 'AWS::DynamoDB::Table')) {
        assert.deepEqual(tableShape.parse(table.Properties).KeySchema, [
          { AttributeName: TABLE_KEYS.partition, KeyType: 'HASH' },
          { AttributeName: TABLE_KEYS.sort, KeyType: 'RANGE' },
        ]);
        const indexes = indexesShape.parse(table.Properties['GlobalSecondaryIndexes']);
        assert.deepEqual(
          indexes.map(({ IndexName }) => IndexName),
          table.id === 'AsyncJobsTable' ? [DUE_INDEX.name] : [],
        );
      }
    });

    it("are encrypted with the hub's own data key", () => {
      const keys = resourcesOf(template, 'AWS::KMS::Key').filter((key) => key.id === 'DataKey');

      for (const table of Object.values(tables)) {
        assert.deepEqual(table.SSESpecification.KMSMasterKeyId['Fn::GetAtt'][0], keys[0]?.logicalId);
      }
    });

    it('let what expires expire, and only that', () => {
      for (const name of ['AsyncJobsTable', 'CatalogTable', 'LimitsTable']) {
        assert.deepEqual(tables[name]?.TimeToLiveSpecification, { AttributeName: TABLE_KEYS.ttl, Enabled: true }, name);
      }
      assert.equal(tables['RegistryTable']?.TimeToLiveSpecification, undefined);
    });

    it('can be restored where they cannot be rebuilt', () => {
      for (const name of ['AsyncJobsTable', 'RegistryTable']) {
        assert.equal(tables[name]?.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled, true, name);
      }
    });
  });
}

describe('what prod keeps', () => {
  const { template, terminationProtection } = synthesized({ stage: 'prod' });

  it('is protected against the deletion of the stack', () => assert.equal(terminationProtection, true));

  it('is the registry, the jobs and their results, both keys, the user pool and the logs', () => {
    const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Cognito::UserPool']
      .flatMap((type) => resourcesOf(template, type))
      .filter((resource) => resource.DeletionPolicy === 'Retain');

    assert.deepEqual(kept.map((resource) => resource.id).sort(), [
      'AsyncJobsResults',
      'AsyncJobsTable',
      'DataKey',
      'IdentityUsers',
      'RegistryTable',
      'VaultKey',
    ]);
    for (const group of resourcesOf(template, 'AWS::Logs::LogGroup')) assert.equal(group.DeletionPolicy, 'Retain');
  });

  it('refuses to be deleted on its own', () => {
    const { tables } = tablesOf('prod');

    assert.equal(tables['RegistryTable']?.DeletionProtectionEnabled, true);
  });
});

describe('every key', () => {
  const keys = resourcesOf(synthesized({ stage: 'prod' }).template, 'AWS::KMS::Key');

  it('is rotated', () => {
    for (const key of keys) assert.equal(key.Properties['EnableKeyRotation'], true, key.id);
  });

  it('that wraps credentials can be replicated to another Region', () => {
    assert.equal(keys.find((key) => key.id === 'VaultKey')?.Properties['MultiRegion'], true);
  });
});

describe('results that are too large for a table', () => {
  const [bucket, ...others] = resourcesOf(synthesized({ stage: 'prod' }).template, 'AWS::S3::Bucket');

  it('have one bucket, which nobody can open to the public', () => {
    assert.equal(others.length, 0);
    assert.deepEqual(bucket?.Properties['PublicAccessBlockConfiguration'], {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
  });

  it('are encrypted with the data key of the hub, by one key of the bucket below it', () => {
    const { ServerSideEncryptionConfiguration: rules } = z
      .object({ ServerSideEncryptionConfiguration: z.array(z.unknown()) })
      .parse(bucket?.Properties['BucketEncryption']);
    const [key] = resourcesOf(synthesized({ stage: 'prod' }).template, 'AWS::KMS::Key').filter(
      ({ id }) => id === 'DataKey',
    );

    assert.deepEqual(rules, [
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: {
          KMSMasterKeyID: { 'Fn::GetAtt': [key?.logicalId, 'Arn'] },
          SSEAlgorithm: 'aws:kms',
        },
      },
    ]);
  });

  it('go a day after the jobs that they belong to', () => {
    assert.deepEqual(bucket?.Properties['LifecycleConfiguration'], {
      Rules: [{ ExpirationInDays: 8, Status: 'Enabled' }],
    });
  });
});

describe('the queue of jobs', () => {
  const { template } = synthesized({ stage: 'prod' });
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const queueOf = (id: string) => queues.find((queue) => queue.id === id);

  it('hides a message for six times as long as a worker may take', () => {
    assert.equal(queueOf('AsyncJobsQueue')?.Properties['VisibilityTimeout'], 6 * TIME_LIMITS.worker);
  });

  it('gives a message up to the dead letters, which are kept for 14 days', () => {
    assert.deepEqual(queueOf('AsyncJobsQueue')?.Properties['RedrivePolicy'], {
      deadLetterTargetArn: { 'Fn::GetAtt': [queueOf('AsyncJobsDeadLetters')?.logicalId, 'Arn'] },
      maxReceiveCount: 5,
    });
    assert.equal(queueOf('AsyncJobsDeadLetters')?.Properties['MessageRetentionPeriod'], 14 * 24 * 3600);
  });

  it('feeds a bounded number of workers, one message each, which can fail alone', () => {
    const [source, ...others] = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');
    assert.equal(others.length, 0);
    const { BatchSize, FunctionResponseTypes, ScalingConfig } = source?.Properties ?? {};
    assert.deepEqual(
      { BatchSize, FunctionResponseTypes, ScalingConfig },
      {
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 10 },
      },
    );
  });
});
