import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { wireMcp } from '../../../lambdas/wiring/wire-mcp.ts';
import { wireUpstream } from '../../../lambdas/wiring/wire-upstream.ts';
import { callOf, contextOf, failure, HUB_ID, targetOf } from '../../support/upstreams/upstream-under-test.ts';

const settings = {
  limitsTable: 'limits',
  egressAllowLoopback: false,
  egressPorts: ['443'],
  hubOrigins: [],
  hubId: HUB_ID,
};
const dynamo = new DynamoDBClient({ region: 'eu-central-1' });
const { upstream } = wireUpstream(settings, { dynamo, now: Date.now, loadMcp: () => Promise.resolve(wireMcp) });
const playwright = targetOf('', { slug: 'playwright', adapter: 'browser' });

describe('a server of browsers, in a function that drives none', () => {
  it('has no resources and completes nothing', async () => {
    const request = { ref: { type: 'ref/resource', uri: 'a:b' }, argument: { name: 'c', value: '' } } as const;

    await failure(upstream.readResource(playwright, 'a:b', contextOf()), 'resource_not_found');

    assert.equal(await upstream.complete(playwright, request, contextOf()), undefined);
  });

  it('is called by mistake, which is a defect of the hub', async () => {
    await assert.rejects(upstream.callTool(playwright, callOf('snapshot'), contextOf()), {
      name: 'Error',
      message: 'this function calls no tools of playwright',
    });
  });
});
