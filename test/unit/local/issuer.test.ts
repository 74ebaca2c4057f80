import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startIssuer } from '../../support/running-issuer.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function discover(issuerUrl: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${issuerUrl}/.well-known/openid-configuration`);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/);
  const document: Record<string, unknown> = JSON.parse(await response.text());
  return document;
}

test('a token is verified by what its issuer publishes', async (t) => {
  const { issuer, publicUrl } = await startIssuer(t);
  const { issuer: name, jwks_uri } = await discover(issuer.url);
  const token = await issuer.mintToken({ tenant: 'acme', scopes: ['tools:read', 'tools:call'], subject: 'ann' });

  const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(String(jwks_uri))), {
    issuer: `${publicUrl}/oidc`,
    audience: publicUrl,
    typ: 'at+jwt',
    algorithms: ['RS256'],
  });

  assert.equal(name, `${publicUrl}/oidc`);
  assert.partialDeepStrictEqual(payload, {
    tenant: 'acme',
    scope: 'tools:read tools:call',
    sub: 'ann',
    client_id: 'local-cli',
  });
  assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 3600);
  assert.equal(typeof protectedHeader.kid, 'string');
});

test('tests can replace any claim', async (t) => {
  const { issuer } = await startIssuer(t);

  const token = await issuer.mintToken({
    tenant: 'acme',
    scopes: [],
    claims: { iss: 'other', exp: 1, tenant: undefined },
  });

  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  assert.partialDeepStrictEqual(claims, { iss: 'other', exp: 1 });
  assert.equal('tenant' in claims, false);
});

test('the published key holds nothing private', async (t) => {
  const { publicUrl } = await startIssuer(t);

  const { keys } = JSON.parse(await (await fetch(`${publicUrl}/oidc/jwks.json`)).text());

  assert.deepEqual(Object.keys(keys[0]).toSorted(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
});

test('the key is for its owner only', async (t) => {
  const { dataDirectory } = await startIssuer(t);

  assert.equal(statSync(join(dataDirectory, 'issuer-key.json')).mode & 0o777, 0o600);
});

test('issuers that start together, or later, share one key', async (t) => {
  const dataDirectory = temporaryDirectory(t);

  const issuers = await Promise.all([startIssuer(t, { dataDirectory }), startIssuer(t, { dataDirectory })]);
  issuers.push(await startIssuer(t, { dataDirectory }));

  const jwks = await Promise.all(
    issuers.map(async ({ publicUrl }) => (await fetch(`${publicUrl}/oidc/jwks.json`)).text()),
  );
  assert.equal(new Set(jwks).size, 1);
});

test('anything else below the issuer is not found', async (t) => {
  const { issuer, publicUrl } = await startIssuer(t);

  assert.equal((await fetch(`${publicUrl}/oidc/authorize`)).status, 404);
  assert.equal((await fetch(`${issuer.url}/jwks.json`, { method: 'POST' })).status, 404);
});
