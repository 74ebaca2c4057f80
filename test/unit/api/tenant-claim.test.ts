import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handler } from '../../../lambdas/api/tenant-claim.ts';

type TokenEvent = Parameters<typeof handler>[0];

function tokenEvent(triggerSource: string, userAttributes: Record<string, string>): TokenEvent {
  return {
    version: '3',
    triggerSource,
    region: 'eu-central-1',
    userPoolId: 'eu-central-1_example',
    userName: 'someone',
    callerContext: { awsSdkVersion: 'unknown', clientId: 'client-of-the-caller' },
    request: { userAttributes, groupConfiguration: {} },
    response: { claimsAndScopeOverrideDetails: {} },
  };
}

async function tenantFor(triggerSource: string, userAttributes: Record<string, string>): Promise<string | undefined> {
  const { response } = await handler(tokenEvent(triggerSource, userAttributes));
  return response.claimsAndScopeOverrideDetails.accessTokenGeneration?.claimsToAddOrOverride?.['tenant'];
}

describe('the tenant in an access token', () => {
  it("of a person is the administrator's choice", async () => {
    assert.equal(await tenantFor('TokenGeneration_HostedAuth', { 'custom:tenant': 'acme' }), 'acme');
  });

  it('stays when the token is refreshed', async () => {
    assert.equal(await tenantFor('TokenGeneration_RefreshTokens', { 'custom:tenant': 'acme' }), 'acme');
  });

  it('of a machine is its client id', async () => {
    assert.equal(await tenantFor('TokenGeneration_ClientCredentials', {}), 'client-of-the-caller');
  });

  for (const attributes of [{}, { 'custom:tenant': '' }, { tenant: 'acme' }]) {
    it(`of a person with ${JSON.stringify(attributes)} is absent`, async () => {
      assert.equal(await tenantFor('TokenGeneration_HostedAuth', attributes), undefined);
    });
  }

  it('leaves the rest of the event as it came', async () => {
    const event = tokenEvent('TokenGeneration_HostedAuth', { 'custom:tenant': 'acme' });

    const { response: _, ...rest } = await handler(event);
    const { response: __, ...expected } = event;
    assert.deepEqual(rest, expected);
  });
});
