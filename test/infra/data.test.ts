import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { TABLE_KEYS } from '../../lambdas/contract.ts';
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

    it('are the registry and the catalog, on demand', () => {
      assert.deepEqual(Object.keys(tables).sort(), ['CatalogTable', 'LimitsTable', 'RegistryTable']);
    });

    it('have the generic key and no index', () => {
      for (const table of resourcesOf(template, 'AWS::DynamoDB::Table')) {
        assert.deepEqual(tableShape.parse(table.Properties).KeySchema, [
          { AttributeName: TABLE_KEYS.partition, KeyType: 'HASH' },
          { AttributeName: TABLE_KEYS.sort, KeyType: 'RANGE' },
        ]);
        assert.equal(table.Properties['GlobalSecondaryIndexes'], undefined);
      }
    });

    it("are encrypted with the hub's own data key", () => {
      const keys = resourcesOf(template, 'AWS::KMS::Key').filter((key) => key.id === 'DataKey');

      for (const table of Object.values(tables)) {
        assert.deepEqual(table.SSESpecification.KMSMasterKeyId['Fn::GetAtt'][0], keys[0]?.logicalId);
      }
    });

    it('let what expires expire, and only that', () => {
      assert.deepEqual(tables['CatalogTable']?.TimeToLiveSpecification, {
        AttributeName: TABLE_KEYS.ttl,
        Enabled: true,
      });
      assert.equal(tables['RegistryTable']?.TimeToLiveSpecification, undefined);
    });

    it('can be restored where they cannot be rebuilt', () => {
      assert.equal(tables['RegistryTable']?.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled, true);
    });
  });
}

describe('what prod keeps', () => {
  const { template, terminationProtection } = synthesized({ stage: 'prod' });

  it('is protected against the deletion of the stack', () => assert.equal(terminationProtection, true));

  it('is the registry, both keys, the user pool and the logs', () => {
    const kept = ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::Cognito::UserPool']
      .flatMap((type) => resourcesOf(template, type))
      .filter((resource) => resource.DeletionPolicy === 'Retain');

    assert.deepEqual(kept.map((resource) => resource.id).sort(), [
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
