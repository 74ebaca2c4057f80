import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { ENV, TIME_LIMITS } from '../../lambdas/contract.ts';
import { resourcesOf, synthesized, type TemplateResource } from './synthesized.ts';

const functionShape = z.object({
  Runtime: z.string(),
  Architectures: z.array(z.string()),
  Timeout: z.number(),
  MemorySize: z.number(),
  LoggingConfig: z.object({ LogFormat: z.literal('JSON'), LogGroup: z.object({ Ref: z.string() }) }),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});

for (const stage of ['dev', 'prod']) {
  describe(`every function of ${stage}`, () => {
    const { template } = synthesized({ stage });
    const functions = resourcesOf(template, 'AWS::Lambda::Function');
    const logGroups = new Map(resourcesOf(template, 'AWS::Logs::LogGroup').map((group) => [group.logicalId, group]));
    const shapeOf = (fn: TemplateResource) => functionShape.parse(fn.Properties);

    it('is there', () => assert.equal(functions.length, Object.keys(TIME_LIMITS).length));

    it('runs on Node.js 24 on arm64', () => {
      for (const fn of functions) {
        assert.deepEqual([shapeOf(fn).Runtime, shapeOf(fn).Architectures], ['nodejs24.x', ['arm64']], fn.logicalId);
      }
    });

    it('has a time limit below the 29 s of API Gateway unless it streams or nobody waits, and a memory size', () => {
      const patient: Readonly<Record<string, number>> = {
        Mcp: 900,
        Worker: 600,
        Browser: 600,
        Sweeper: 50,
        RefreshStarter: 50,
        Cleaner: 300,
      };
      for (const fn of functions) {
        const limit = patient[fn.id];
        assert.ok(limit === undefined ? shapeOf(fn).Timeout < 29 : shapeOf(fn).Timeout === limit, fn.logicalId);
        assert.ok(shapeOf(fn).MemorySize >= 128, fn.logicalId);
      }
    });

    it('logs JSON to a group of its own that expires', () => {
      const groups = functions.map((fn) => shapeOf(fn).LoggingConfig.LogGroup.Ref);

      assert.equal(new Set(groups).size, functions.length);
      for (const group of groups) assert.ok(Number(logGroups.get(group)?.Properties['RetentionInDays']) > 0, group);
    });

    it('gets only environment variables of the contract, none of them looking like a secret', () => {
      const known = new Set<string>([...Object.values(ENV), 'NODE_OPTIONS']);
      for (const fn of functions) {
        for (const [name, value] of Object.entries(shapeOf(fn).Environment.Variables)) {
          assert.ok(known.has(name), `${fn.logicalId} ${name}`);
          assert.doesNotMatch(
            JSON.stringify(value),
            /secret|password|bearer|[A-Za-z0-9+/]{40}/i,
            `${fn.logicalId} ${name}`,
          );
        }
      }
    });

    it('may not reach loopback', () => {
      for (const fn of functions) {
        assert.notEqual(shapeOf(fn).Environment.Variables[ENV.egressAllowLoopback], 'true', fn.logicalId);
      }
    });
  });
}

describe('an environment variable', () => {
  const { template } = synthesized({
    stage: 'dev',
    corsOrigin: 'https://console.example.com',
    publicUrl: 'https://hub.example.com',
  });
  const functions = resourcesOf(template, 'AWS::Lambda::Function');
  const holders: readonly (readonly [string, readonly string[]])[] = [
    [
      ENV.stage,
      [
        'Actions',
        'Authorizer',
        'Browse',
        'Browser',
        'Cleaner',
        'CleanupStarter',
        'Invoke',
        'Jobs',
        'Manage',
        'Mcp',
        'Open',
        'RefreshStarter',
        'Refresher',
        'Sweeper',
        'TenantClaim',
        'Worker',
      ],
    ],
    [
      ENV.registryTable,
      ['Actions', 'Browse', 'Browser', 'Cleaner', 'Invoke', 'Manage', 'Mcp', 'RefreshStarter', 'Refresher', 'Worker'],
    ],
    [ENV.catalogTable, ['Actions', 'Browse', 'Browser', 'Cleaner', 'Invoke', 'Manage', 'Mcp', 'Refresher', 'Worker']],
    [ENV.limitsTable, ['Actions', 'Browser', 'Invoke', 'Mcp', 'Worker']],
    [ENV.tenantCallsPerMinute, ['Actions', 'Browser', 'Invoke', 'Mcp', 'Worker']],
    [ENV.tenantJobsPerMinute, ['Actions', 'Invoke', 'Mcp']],
    [ENV.jobsTable, ['Actions', 'Browser', 'Cleaner', 'Invoke', 'Jobs', 'Mcp', 'Sweeper', 'Worker']],
    [ENV.jobsQueue, ['Actions', 'Browser', 'Cleaner', 'Invoke', 'Mcp', 'Sweeper', 'Worker']],
    [ENV.browserQueue, ['Actions', 'Browser', 'Cleaner', 'Invoke', 'Mcp', 'Sweeper', 'Worker']],
    [ENV.browserEvaluates, ['Browser']],
    [ENV.resultsBucket, ['Browser', 'Cleaner', 'Jobs', 'Mcp', 'Worker']],
    [ENV.jobRetentionDays, ['Actions', 'Browser', 'Cleaner', 'Invoke', 'Jobs', 'Mcp', 'Sweeper', 'Worker']],
    [ENV.catalogRefreshHours, ['Actions', 'Manage', 'RefreshStarter', 'Refresher']],
    [ENV.refreshQueue, ['RefreshStarter']],
    [ENV.cleanupQueue, ['Cleaner', 'CleanupStarter']],
    [ENV.vaultKey, ['Actions', 'Browser', 'Invoke', 'Manage', 'Mcp', 'Refresher', 'Worker']],
    [ENV.oidcIssuer, ['Authorizer', 'Open']],
    [ENV.oidcClientIds, ['Authorizer']],
    [ENV.scopePrefix, ['Actions', 'Authorizer', 'Browse', 'Invoke', 'Jobs', 'Manage', 'Mcp', 'Open']],
    [ENV.egressPorts, ['Actions', 'Authorizer', 'Browser', 'Invoke', 'Manage', 'Mcp', 'Refresher', 'Worker']],
    [ENV.hubId, ['Actions', 'Browse', 'Invoke', 'Jobs', 'Manage', 'Mcp', 'Refresher', 'Worker']],
    [ENV.hubOrigins, ['Actions', 'Authorizer', 'Browser', 'Invoke', 'Manage', 'Mcp', 'Refresher', 'Worker']],
    [ENV.corsOrigin, ['Actions', 'Browse', 'Invoke', 'Jobs', 'Manage', 'Mcp', 'Open']],
  ];
  it('is left out rather than empty', () => {
    const { template: bare } = synthesized({ stage: 'dev' });
    for (const fn of resourcesOf(bare, 'AWS::Lambda::Function')) {
      const { Variables } = functionShape.parse(fn.Properties).Environment;
      assert.ok(!Object.values<unknown>(Variables).includes(''), fn.id);
    }
  });

  for (const [name, expected] of holders) {
    it(`${name} reaches exactly ${expected.join(', ')}`, () => {
      const having = functions.filter((fn) => name in functionShape.parse(fn.Properties).Environment.Variables);

      assert.deepEqual(having.map((fn) => fn.id).sort(), expected);
    });
  }
});
