import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setDefaultCACertificates } from 'node:tls';
import { decodeJwt } from 'jose';
import { createBrowser } from '../../support/browser.ts';
import { serveHttps } from '../../support/loopback-server.ts';
import { logIn, logInForTokens, oauthClient, REDIRECT_URI, registerClient } from '../../support/oauth-client.ts';
import { startIssuer } from '../../support/running-issuer.ts';

const PAGE = 'http://localhost:6274';

test('the metadata is where clients of either specification look, and says the same everywhere', async (t) => {
  const { publicUrl, issuer } = await startIssuer(t);
  const places = [
    '/oidc/.well-known/openid-configuration',
    '/oidc/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration/oidc',
    '/.well-known/oauth-authorization-server/oidc',
  ];

  const texts = await Promise.all(places.map(async (place) => await (await fetch(publicUrl + place)).text()));

  assert.equal(new Set(texts).size, 1);
  const metadata = JSON.parse(texts[0] ?? '');
  assert.partialDeepStrictEqual(metadata, {
    issuer: issuer.url,
    authorization_endpoint: `${issuer.url}/auth`,
    token_endpoint: `${issuer.url}/token`,
    registration_endpoint: `${issuer.url}/register`,
    jwks_uri: `${issuer.url}/jwks.json`,
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  });
  assert.ok(metadata.scopes_supported.includes('tools:call') && !metadata.scopes_supported.includes('admin'));
});

test('the metadata names one address, by whatever name of this machine it is read', async (t) => {
  const { publicUrl, issuer } = await startIssuer(t);

  const response = await fetch(`http://localhost:${new URL(publicUrl).port}/oidc/.well-known/openid-configuration`);

  assert.equal(JSON.parse(await response.text()).token_endpoint, `${issuer.url}/token`);
});

test('pages of any origin can discover, register and redeem', async (t) => {
  const { issuer } = await startIssuer(t);
  const allowed = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(issuer.url + path, { ...init, headers: { ...init.headers, origin: PAGE } });
    return [PAGE, '*'].includes(response.headers.get('access-control-allow-origin') ?? '');
  };
  const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } };
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };

  assert.ok(await allowed('/.well-known/openid-configuration'));
  assert.ok(await allowed('/jwks.json'));
  for (const path of ['/register', '/token']) assert.ok(await allowed(path, preflight), path);
  assert.ok(await allowed('/register', post), 'also an error can be read');
  assert.ok(await allowed('/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token' }) }));
});

test('no page of another origin can read the sign-in page', async (t) => {
  const { publicUrl, issuer } = await startIssuer(t);
  const { body } = await registerClient(issuer.url);
  const url = oauthClient(issuer.url, body.client_id).authorizationUrl();

  const page = await createBrowser(publicUrl).visit(url, { headers: { origin: PAGE } });

  assert.equal(page.status, 200);
  assert.equal(page.headers.get('access-control-allow-origin'), null);
});

test('a registration is taken with what the issuer offers, and without the rest', async (t) => {
  const { issuer } = await startIssuer(t);

  const { status, body } = await registerClient(issuer.url, {
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    scope: 'tools:read',
  });

  assert.equal(status, 201);
  assert.deepEqual(body.grant_types, ['authorization_code', 'refresh_token']);
  assert.equal('scope' in body, false);
});

test('a client may listen on another port than it registered, and by the name localhost', async (t) => {
  const { issuer } = await startIssuer(t);
  const { body } = await registerClient(issuer.url, { redirect_uris: ['http://localhost/callback'] });
  const client = oauthClient(issuer.url, body.client_id);

  const changes = { redirect_uri: 'http://localhost:49152/callback' };
  const { url } = await logIn({ client, signInCode: issuer.signInCode, changes });

  assert.equal(url.origin + url.pathname, changes.redirect_uri);
  assert.ok(url.searchParams.get('code'));
});

test('a redirect to an address that was not registered is not followed', async (t) => {
  const { publicUrl, issuer } = await startIssuer(t);
  const { body } = await registerClient(issuer.url);
  const client = oauthClient(issuer.url, body.client_id);

  const page = await createBrowser(publicUrl).visit(
    client.authorizationUrl({ redirect_uri: 'http://127.0.0.1:9/<evil>' }),
  );

  assert.equal(page.status, 400);
  assert.match(page.text, /redirect_uri/);
  assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
});

for (const uri of ['http://elsewhere.example/callback', 'javascript:alert(1)', 'data:text/html,x']) {
  test(`a client that wants its codes at ${uri} is refused`, async (t) => {
    const { issuer } = await startIssuer(t);

    const { status, body } = await registerClient(issuer.url, { redirect_uris: [uri] });

    assert.deepEqual([status, body.error], [400, 'invalid_redirect_uri']);
  });
}

test('a client that publishes its metadata needs no registration', async (t) => {
  const { issuer } = await startIssuer(t);
  const clientId = 'https://client.example/metadata.json';
  const document = {
    client_id: clientId,
    client_name: 'Published',
    redirect_uris: [REDIRECT_URI],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  };
  const original = globalThis.fetch;
  t.mock.method(globalThis, 'fetch', async (input: string | URL, init?: RequestInit) =>
    String(input) === clientId ? Response.json(document) : await original(input, init),
  );

  const { access_token: token } = await logInForTokens({
    client: oauthClient(issuer.url, clientId),
    signInCode: issuer.signInCode,
  });

  assert.partialDeepStrictEqual(decodeJwt(token), { client_id: clientId, tenant: 'demo' });
});

test('metadata is not fetched from this machine or its network, which a page could ask for', async (t) => {
  const { publicUrl, issuer } = await startIssuer(t);
  const tls = (part: string) =>
    readFileSync(join(import.meta.dirname, '../../support/tls', `localhost.${part}.pem`), 'utf8');
  setDefaultCACertificates([tls('cert')]);
  let requests = 0;
  const { port } = await serveHttps(t, { key: tls('key'), cert: tls('cert') }, (_request, response) => {
    requests += 1;
    response.end('{}');
  });
  const clientId = `https://localhost:${port}/metadata.json`;

  const page = await createBrowser(publicUrl).visit(oauthClient(issuer.url, clientId).authorizationUrl());

  assert.deepEqual([page.status, requests], [400, 0]);
  assert.equal((await fetch(clientId)).status, 200, 'the server was there');
});

test('a refresh token outlives the hub that gave it, and is good once', async (t) => {
  const first = await startIssuer(t);
  const { body } = await registerClient(first.issuer.url);
  const client = oauthClient(first.issuer.url, body.client_id);
  const tokens = await logInForTokens({ client, signInCode: first.issuer.signInCode, person: { tenant: 'acme' } });
  await first.stop();
  await startIssuer(t, { dataDirectory: first.dataDirectory, port: Number(new URL(first.publicUrl).port) });

  const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
  const refreshed = await client.token(refresh);
  const replayed = await client.token(refresh);
  const afterReplay = await client.token({ ...refresh, refresh_token: refreshed.body.refresh_token });

  assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
  assert.partialDeepStrictEqual(decodeJwt(refreshed.body.access_token), { tenant: 'acme', aud: first.publicUrl });
  assert.notEqual(refreshed.body.refresh_token, tokens.refresh_token);
  assert.equal(replayed.body.error, 'invalid_grant');
  assert.equal(afterReplay.body.error, 'invalid_grant', 'a stolen token ends the whole grant');
});

test('a client that keeps a secret has to show it', async (t) => {
  const { issuer } = await startIssuer(t);
  const { body } = await registerClient(issuer.url, { token_endpoint_auth_method: 'client_secret_post' });
  const client = oauthClient(issuer.url, body.client_id);
  const { url } = await logIn({ client, signInCode: issuer.signInCode });
  const redeem = {
    grant_type: 'authorization_code',
    code: url.searchParams.get('code') ?? '',
    redirect_uri: REDIRECT_URI,
    code_verifier: client.verifier,
  };

  const without = await client.token(redeem);
  const withIt = await client.token({ ...redeem, client_secret: body.client_secret });

  assert.deepEqual([without.body.error, withIt.status], ['invalid_client', 200]);
});

test('a client that is done can give its tokens back', async (t) => {
  const { issuer } = await startIssuer(t);
  const { body } = await registerClient(issuer.url);
  const client = oauthClient(issuer.url, body.client_id);
  const { refresh_token: token } = await logInForTokens({ client, signInCode: issuer.signInCode });

  const revoked = await fetch(`${issuer.url}/token/revocation`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: client.clientId, token }),
  });

  assert.equal(revoked.status, 200);
  const refreshed = await client.token({ grant_type: 'refresh_token', refresh_token: token });
  assert.equal(refreshed.body.error, 'invalid_grant');
});
