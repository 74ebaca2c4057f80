import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { createTokenVerifier, type TokenVerifierConfig } from '../../../lambdas/adapters/oidc/token-verifier.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';

const ISSUER = 'https://issuer.test';
const claims = { sub: 'user-1', tenant: 'acme', scope: 'hub/tools:read hub/admin other', client_id: 'cli' };

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let others: Awaited<ReturnType<typeof generateKeyPair>>;
let jwks: string;
let pem: string;

before(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  others = await generateKeyPair('RS256');
  const jwk = await exportJWK(keys.publicKey);
  pem = JSON.stringify(jwk);
  jwks = JSON.stringify({ keys: [{ ...jwk, kid: 'k1', alg: 'RS256', use: 'sig' }] });
});

function sign(payload: JWTPayload, header: { typ?: string; kid?: string } = {}): SignJWT {
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
    .setIssuer(ISSUER)
    .setAudience('hub')
    .setIssuedAt()
    .setExpirationTime('5m');
}

const OWN_URL = 'https://hub.test/mcp';

function verifier(more: Partial<TokenVerifierConfig> = {}) {
  const verify = createTokenVerifier({
    issuer: ISSUER,
    jwksUri: '',
    audiences: ['hub'],
    clientIds: ['cognito-client'],
    algorithms: ['RS256'],
    tenantClaim: 'tenant',
    scopePrefix: 'hub/',
    fetch: async (url) =>
      url.endsWith('openid-configuration')
        ? Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` })
        : new Response(jwks, { headers: { 'content-type': 'application/json' } }),
    ...more,
  });
  return (token: string) => verify(token, (audience) => audience === OWN_URL);
}

const rejectedAs = (code: string) => (error: unknown) => error instanceof HubError && error.code === code;

describe('the token verifier', () => {
  it('makes a principal of a valid token, with the hub’s own scopes only', async () => {
    const principal = await verifier()(await sign(claims).sign(keys.privateKey));

    assert.equal(principal.tenantId, 'acme');
    assert.equal(principal.subject, 'user-1');
    assert.equal(principal.clientId, 'cli');
    assert.deepEqual([...principal.scopes], ['tools:read', 'admin']);
  });

  it('takes a token that is meant for the URL of the hub itself', async () => {
    const token = await sign(claims).setAudience(['https://other.test', OWN_URL]).sign(keys.privateKey);

    assert.equal((await verifier({ audiences: [] })(token)).tenantId, 'acme');
  });

  it('takes none, not even for its own URL, when neither audience nor client is configured', async () => {
    const token = await sign(claims).setAudience(OWN_URL).sign(keys.privateKey);

    await assert.rejects(verifier({ audiences: [], clientIds: [] })(token), rejectedAs('unauthenticated'));
  });

  it('takes a token without audience by its client id', async () => {
    const token = await new SignJWT({ ...claims, client_id: 'cognito-client', token_use: 'access' })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(ISSUER)
      .setExpirationTime('5m')
      .sign(keys.privateKey);

    assert.equal((await verifier()(token)).tenantId, 'acme');
  });

  const forged: [string, () => Promise<string>][] = [
    ['garbage', async () => 'not.a.token'],
    ['an empty string', async () => ''],
    [
      'an unsigned token',
      async () => new UnsecuredJWT(claims).setIssuer(ISSUER).setAudience('hub').setExpirationTime('5m').encode(),
    ],
    ['another key', () => sign(claims).sign(others.privateKey)],
    ['an unknown key id', () => sign(claims, { kid: '../../k1' }).sign(keys.privateKey)],
    [
      'the public key used as an HMAC secret',
      () =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .setIssuer(ISSUER)
          .setAudience('hub')
          .setExpirationTime('5m')
          .sign(new TextEncoder().encode(pem)),
    ],
    ['another issuer', () => sign(claims).setIssuer('https://evil.test').sign(keys.privateKey)],
    ['the issuer with a trailing slash', () => sign(claims).setIssuer(`${ISSUER}/`).sign(keys.privateKey)],
    ['another audience', () => sign(claims).setAudience('other').sign(keys.privateKey)],
    [
      'another audience with an accepted client id',
      () =>
        sign({ ...claims, client_id: 'cognito-client' })
          .setAudience('other')
          .sign(keys.privateKey),
    ],
    ['an expired token', () => sign(claims).setExpirationTime('-2m').sign(keys.privateKey)],
    ['a token of the future', () => sign(claims).setNotBefore('5m').sign(keys.privateKey)],
    ['an id token by its use', () => sign({ ...claims, token_use: 'id' }).sign(keys.privateKey)],
    ['an id token by its nonce', () => sign({ ...claims, nonce: 'n' }).sign(keys.privateKey)],
    ['a token of another type', () => sign(claims, { typ: 'logout+jwt' }).sign(keys.privateKey)],
    ['no tenant', () => sign({ ...claims, tenant: undefined }).sign(keys.privateKey)],
    ['an empty tenant', () => sign({ ...claims, tenant: '' }).sign(keys.privateKey)],
    ['a tenant that is a list', () => sign({ ...claims, tenant: ['acme', 'other'] }).sign(keys.privateKey)],
    ['a tenant that could end a key', () => sign({ ...claims, tenant: 'acme#CONFIG' }).sign(keys.privateKey)],
    ['a tenant with a wildcard', () => sign({ ...claims, tenant: '*' }).sign(keys.privateKey)],
    ['an empty subject', () => sign({ ...claims, sub: '' }).sign(keys.privateKey)],
  ];
  for (const [what, token] of forged) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(verifier()(await token()), rejectedAs('unauthenticated'));
    });
  }

  it('refuses a token without expiry', async () => {
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(ISSUER)
      .setAudience('hub')
      .sign(keys.privateKey);

    await assert.rejects(verifier()(token), rejectedAs('unauthenticated'));
  });

  const outages: [string, TokenVerifierConfig['fetch']][] = [
    ['the issuer does not answer', async () => Promise.reject(new Error('connect'))],
    ['discovery answers an error', async () => new Response('', { status: 500 })],
    [
      'discovery names another issuer',
      async () => Response.json({ issuer: 'https://evil.test', jwks_uri: `${ISSUER}/jwks` }),
    ],
    [
      'the keys answer an error',
      async (url) =>
        url.endsWith('openid-configuration')
          ? Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` })
          : new Response('', { status: 503 }),
    ],
    [
      'the keys cannot be fetched',
      async (url) =>
        url.endsWith('openid-configuration')
          ? Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` })
          : Promise.reject(new Error('reset')),
    ],
    [
      'the keys are no keys',
      async (url) =>
        url.endsWith('openid-configuration')
          ? Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` })
          : Response.json({ nothing: true }),
    ],
  ];
  for (const [what, fetch] of outages) {
    it(`fails closed as unavailable when ${what}`, async () => {
      const token = await sign(claims).sign(keys.privateKey);

      await assert.rejects(verifier({ fetch })(token), rejectedAs('unavailable'));
    });
  }

  it('recovers when the issuer comes back', async () => {
    let up = false;
    const reachable = verifier();
    const verify = verifier({
      fetch: async (url) => {
        if (!up) throw new Error('down');
        return url.endsWith('openid-configuration')
          ? Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` })
          : new Response(jwks);
      },
    });
    const token = await sign(claims).sign(keys.privateKey);
    await assert.rejects(verify(token), rejectedAs('unavailable'));
    up = true;

    assert.equal((await verify(token)).tenantId, (await reachable(token)).tenantId);
  });
});
