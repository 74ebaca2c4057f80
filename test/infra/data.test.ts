import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
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

const indexesShape = z.array(z.object({ IndexName: z.string(), Projection: z.unknown() })).default([]);

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

    it('have the generic key, and no index but those of jobs and servers by the time when they are due', () => {
      for (const table of resourcesOf(template, 'AWS::DynamoDB::Table')) {
        assert.deepEqual(tableShape.parse(table.Properties).KeySchema, [
          { AttributeName: TABLE_KEYS.partition, KeyType: 'HASH' },
          { AttributeName: TABLE_KEYS.sort, KeyType: 'RANGE' },
        ]);
        const indexes = indexesShape.parse(table.Properties['GlobalSecondaryIndexes']);
        assert.deepEqual(
          indexes.map(({ IndexName }) => IndexName),
          ['AsyncJobsTable', 'RegistryTable'].includes(table.id) ? [DUE_INDEX.name] : [],
        );
      }
    });

    it('show of a server its name alone to who looks for what is due', () => {
      const registry = resourcesOf(template, 'AWS::DynamoDB::Table').find(({ id }) => id === 'RegistryTable');

      assert.deepEqual(indexesShape.parse(registry?.Properties['GlobalSecondaryIndexes'])[0]?.Projection, {
        ProjectionType: 'INCLUDE',
        NonKeyAttributes: ['tenantId', 'slug', 'serverId'],
      });
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

describe('a queue of work', () => {
  const { template } = synthesized({ stage: 'prod' });
  const queues = resourcesOf(template, 'AWS::SQS::Queue');
  const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');
  const queueOf = (id: string) => queues.find((queue) => queue.id === id);
  const works = [
    { name: 'AsyncJobs', timeLimit: TIME_LIMITS.worker, concurrency: 10 },
    { name: 'AsyncJobsBrowser', letters: 'AsyncJobs', timeLimit: TIME_LIMITS.browser, concurrency: 2 },
    { name: 'CatalogRefresh', timeLimit: TIME_LIMITS.refresher, concurrency: 5 },
    { name: 'Cleanup', timeLimit: TIME_LIMITS.cleaner, concurrency: 2 },
  ];

  it('is there for each kind of work', () => assert.equal(mappings.length, works.length));

  for (const { name, letters = name, timeLimit, concurrency } of works) {
    it(`hides a message of ${name} for six times as long as its function may take`, () => {
      assert.equal(queueOf(`${name}Queue`)?.Properties['VisibilityTimeout'], 6 * timeLimit);
    });

    it(`gives a message of ${name} up to its dead letters, which are kept for 14 days`, () => {
      assert.deepEqual(queueOf(`${name}Queue`)?.Properties['RedrivePolicy'], {
        deadLetterTargetArn: { 'Fn::GetAtt': [queueOf(`${letters}DeadLetters`)?.logicalId, 'Arn'] },
        maxReceiveCount: 5,
      });
      assert.equal(queueOf(`${letters}DeadLetters`)?.Properties['MessageRetentionPeriod'], 14 * 24 * 3600);
    });

    it(`feeds a bounded number of functions of ${name}, one message each, which can fail alone`, () => {
      const arn = { 'Fn::GetAtt': [queueOf(`${name}Queue`)?.logicalId, 'Arn'] };
      const source = mappings.find(({ Properties }) => isDeepStrictEqual(Properties['EventSourceArn'], arn));
      const { BatchSize, FunctionResponseTypes, ScalingConfig } = source?.Properties ?? {};
      assert.deepEqual(
        { BatchSize, FunctionResponseTypes, ScalingConfig },
        {
          BatchSize: 1,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: concurrency },
        },
      );
    });
  }
});

describe('every schedule', () => {
  const { template } = synthesized({ stage: 'prod' });
  const schedules = resourcesOf(template, 'AWS::Scheduler::Schedule');
  const letters = resourcesOf(template, 'AWS::SQS::Queue').find(({ id }) => id === 'ScheduleDeadLetters');
  const targetShape = z.object({
    DeadLetterConfig: z.object({ Arn: z.unknown() }),
    RetryPolicy: z.object({ MaximumEventAgeInSeconds: z.number(), MaximumRetryAttempts: z.number() }),
  });

  it('has its time', () => {
    assert.deepEqual(schedules.map(({ id, Properties }) => [id, Properties['ScheduleExpression']]).toSorted(), [
      ['AsyncJobsSweep', 'rate(1 minute)'],
      ['CatalogRefreshSchedule', 'rate(10 minutes)'],
      ['CleanupSchedule', 'cron(0 2 * * ? *)'],
    ]);
  });

  it('gives up what Lambda does not take to the dead letters of schedules', () => {
    for (const { Properties } of schedules) {
      const { DeadLetterConfig, RetryPolicy } = targetShape.parse(Properties['Target']);
      assert.deepEqual(DeadLetterConfig.Arn, { 'Fn::GetAtt': [letters?.logicalId, 'Arn'] });
      assert.ok(RetryPolicy.MaximumEventAgeInSeconds < 24 * 3600);
    }
  });
});
