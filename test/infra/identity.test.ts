import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Match } from 'aws-cdk-lib/assertions';
import { SCOPES } from '../../lambdas/contract.ts';
import { resourcesOf, synthesized } from './synthesized.ts';

describe('a hub without an issuer of its own', () => {
  const { template } = synthesized({ stage: 'prod' });
  const clients = new Map(resourcesOf(template, 'AWS::Cognito::UserPoolClient').map((client) => [client.id, client]));
  const people = clients.get('IdentityUsersPeople')?.Properties;
  const machine = clients.get('IdentityUsersMachine')?.Properties;

  it('gets a user pool that nobody signs up to and everyone enters with a second factor', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'ON',
      UserPoolTier: 'ESSENTIALS',
      DeletionProtection: 'ACTIVE',
      IssuerConfiguration: { Type: 'UPDATED' },
    });
  });

  it('lets no client write the tenant', () => {
    for (const [id, client] of clients) assert.deepEqual(client.Properties['WriteAttributes'], ['locale'], id);
  });

  it('asks the tenant-claim function for people and machines alike', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V3_0', LambdaArn: Match.anyValue() } },
    });
  });

  it('defines the scopes of the contract', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Identifier: 'nexus-hub',
      Scopes: SCOPES.map((ScopeName) => Match.objectLike({ ScopeName })),
    });
  });

  it('gives the admin scope, alone, to a confidential client of its own', () => {
    for (const [id, { Properties }] of clients) {
      const scopes = JSON.stringify(Properties['AllowedOAuthScopes']);
      if (id !== 'IdentityUsersAdmin') assert.doesNotMatch(scopes, /admin/, id);
    }
    const admin = clients.get('IdentityUsersAdmin')?.Properties;
    assert.deepEqual([admin?.['GenerateSecret'], admin?.['AllowedOAuthFlows']], [true, ['client_credentials']]);
    assert.match(
      JSON.stringify(admin?.['AllowedOAuthScopes']),
      /^\[[^,]*"Fn::Join":\["",\[\{"Ref":"[^"]+"\},"\/admin"\]\]\}\]$/,
    );
  });

  it('has a public client for people and a confidential one for machines', () => {
    assert.deepEqual([people?.['GenerateSecret'], people?.['AllowedOAuthFlows']], [false, ['code']]);
    assert.deepEqual([machine?.['GenerateSecret'], machine?.['AllowedOAuthFlows']], [true, ['client_credentials']]);
  });

  it('lets nobody sign in through the API of Cognito', () => {
    for (const [id, client] of clients) {
      assert.deepEqual(client.Properties['ExplicitAuthFlows'], ['ALLOW_REFRESH_TOKEN_AUTH'], id);
    }
  });

  it('trusts the tokens of exactly these three clients', () => {
    const [authorizer] = resourcesOf(template, 'AWS::Lambda::Function').filter((fn) => fn.id === 'Authorizer');
    const environment = JSON.stringify(authorizer?.Properties['Environment']);

    assert.match(environment, /"OIDC_CLIENT_IDS":.*IdentityUsersPeople.*IdentityUsersMachine.*IdentityUsersAdmin/);
    assert.match(environment, /"OIDC_ISSUER":.*issuer-cognito-idp/);
    assert.match(environment, /"SCOPE_PREFIX":"nexus-hub\/"/);
  });
});

describe('a hub with an issuer', () => {
  const { template } = synthesized({
    stage: 'prod',
    oidcIssuer: 'https://id.example.com',
    oidcAudience: 'https://hub.example.com',
    oidcScopePrefix: 'hub/',
  });

  it('creates nothing of Cognito and no tenant-claim function', () => {
    template.resourceCountIs('AWS::Cognito::UserPool', 0);
    assert.ok(resourcesOf(template, 'AWS::Lambda::Function').every((fn) => fn.id !== 'TenantClaim'));
  });

  it('tells the authorizer whose tokens count', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          OIDC_ISSUER: 'https://id.example.com',
          OIDC_AUDIENCES: 'https://hub.example.com',
          OIDC_CLIENT_IDS: Match.absent(),
          OIDC_TENANT_CLAIM: 'tenant',
          SCOPE_PREFIX: 'hub/',
        }),
      },
    });
  });
});

describe('the local stage', () => {
  const { template } = synthesized({ stage: 'local' });

  it('trusts the issuer of the local runtime, wherever that is served', () => {
    template.hasParameter('PublicUrl', { Type: 'String' });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          OIDC_ISSUER: { 'Fn::Join': ['', [{ Ref: 'PublicUrl' }, '/oidc']] },
          OIDC_AUDIENCES: { Ref: 'PublicUrl' },
        }),
      },
    });
  });

  it('has no user pool', () => template.resourceCountIs('AWS::Cognito::UserPool', 0));

  it('may reach loopback', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ EGRESS_ALLOW_LOOPBACK: 'true' }) },
    });
  });
});
