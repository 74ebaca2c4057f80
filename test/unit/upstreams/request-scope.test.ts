import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anonymousScope, requestScope, secretValues } from '../../../lambdas/adapters/upstreams/request-scope.ts';
import type { Credential, UpstreamTarget } from '../../../lambdas/hub/upstreams/upstream.ts';
import { contextOf, failure, secretOf, targetOf } from '../../support/upstreams/upstream-under-test.ts';

const ORIGIN = 'https://mcp.example.com';
const url = new URL(`${ORIGIN}/mcp`);

function scopeFor(settings: Partial<UpstreamTarget>, via: readonly string[] = []) {
  return requestScope({
    target: targetOf(url.href, settings),
    url,
    context: contextOf({ via }),
    hubId: 'me',
    maxResponseBytes: 9,
  });
}

describe('what may leave the hub for one use of a server', () => {
  it('goes to the registered origin only', () => {
    assert.equal(scopeFor({}).onlyOrigin, ORIGIN);
    assert.equal(anonymousScope(targetOf(url.href), url, 1).onlyOrigin, ORIGIN);
  });

  const credentials: readonly (readonly [Credential, object])[] = [
    [{ type: 'none' }, { 'x-team': 'blue' }],
    [
      { type: 'bearer', token: 't' },
      { 'x-team': 'blue', authorization: 'Bearer t' },
    ],
    [
      { type: 'header', name: 'x-key', value: 'k' },
      { 'x-team': 'blue', 'x-key': 'k' },
    ],
  ];
  for (const [credential, headers] of credentials) {
    it(`carries a credential of type ${credential.type} as a secret of its origin`, () => {
      const secret = secretOf(ORIGIN, { headers: { 'x-team': 'blue' }, credential });

      assert.deepEqual(scopeFor({ secret }).secretHeaders, { origin: ORIGIN, headers });
    });
  }

  it('has no secret for a server without one', () => {
    assert.equal(scopeFor({}).secretHeaders, undefined);
  });

  it('is refused when the secret was given for another origin', async () => {
    const secret = secretOf('https://mcp.example.com:8443', { credential: { type: 'bearer', token: 't' } });

    const scope = async () => scopeFor({ secret });

    await failure(scope(), 'credential_required');
  });

  it('shares no socket with another server or tenant', () => {
    const partitions = [scopeFor({}), scopeFor({ serverId: 'b' })].map(({ partition }) => partition);

    assert.equal(new Set(partitions).size, 2);
  });

  it('ends without the secrets of the use that went before', () => {
    const target = targetOf(url.href, { secret: secretOf(ORIGIN, { credential: { type: 'bearer', token: 't' } }) });

    assert.equal(anonymousScope(target, url, 1).secretHeaders, undefined);
  });
});

it('secret are the token and the value of every header', () => {
  const headers = { 'x-a': 'one', 'x-b': '' };
  const target = targetOf(url.href, {
    secret: secretOf(ORIGIN, { headers, credential: { type: 'bearer', token: 'two' } }),
  });

  assert.deepEqual(secretValues(target), ['one', 'two']);
});

describe('a secret is recognized in every form that a server is likely to repeat', () => {
  const forms: readonly (readonly [string, string, readonly string[]])[] = [
    ['without the spaces around it', ' \tk3y ', ['k3y']],
    ['without its scheme', 'Bearer t0ken', ['Bearer t0ken', 't0ken']],
    [
      'without a scheme in small letters and wide spaces',
      ' basic \t dXNlcjpwYXNz ',
      ['basic \t dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ],
    ['without a scheme that nobody knows', 'Acme-V1 k3y part=2', ['Acme-V1 k3y part=2', 'k3y part=2']],
    ['not when it is blank', ' ', []],
  ];
  for (const [name, value, expected] of forms) {
    it(`${name}, as header and as credential`, () => {
      const asHeader = secretOf(ORIGIN, { headers: { authorization: value } });
      const asCredential = secretOf(ORIGIN, { credential: { type: 'header', name: 'authorization', value } });

      assert.deepEqual(secretValues(targetOf(url.href, { secret: asHeader })), expected);
      assert.deepEqual(secretValues(targetOf(url.href, { secret: asCredential })), expected);
    });
  }
});
