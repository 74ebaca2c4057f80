import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { createBrowser } from '../../support/browser.ts';
import { logIn, logInForTokens, oauthClient, REDIRECT_URI, registerClient } from '../../support/oauth-client.ts';
import { startIssuer } from '../../support/running-issuer.ts';

async function start(t: TestContext, metadata: Record<string, unknown> = {}) {
  const running = await startIssuer(t);
  const { issuer } = running;
  const { status, body } = await registerClient(issuer.url, metadata);
  assert.equal(status, 201, JSON.stringify(body));
  return { ...running, client: oauthClient(issuer.url, body.client_id), signInCode: issuer.signInCode };
}

test('a person who signs in gives the client a token of the tenant, for the hub', async (t) => {
  const { publicUrl, issuer, client, signInCode } = await start(t);
  const changes = { resource: `${publicUrl}/servers/everything/mcp`, scope: 'tools:read tools:call' };

  const { url } = await logIn({ client, signInCode, changes, person: { tenant: 'acme', name: 'ann' } });
  const { status, body } = await client.token({
    grant_type: 'authorization_code',
    code: url.searchParams.get('code') ?? '',
    redirect_uri: REDIRECT_URI,
    code_verifier: client.verifier,
    resource: changes.resource,
  });

  assert.deepEqual([url.origin + url.pathname, url.searchParams.get('state')], [REDIRECT_URI, 'state-1']);
  assert.equal(url.searchParams.get('iss'), issuer.url, 'RFC 9207');
  assert.equal(status, 200, JSON.stringify(body));
  const { payload, protectedHeader } = await jwtVerify(
    body.access_token,
    createRemoteJWKSet(new URL(`${issuer.url}/jwks.json`)),
    { issuer: issuer.url, audience: publicUrl, typ: 'at+jwt' },
  );
  assert.equal(protectedHeader.alg, 'RS256');
  const claims = { tenant: 'acme', sub: 'ann@acme', scope: 'tools:read tools:call', client_id: client.clientId };
  assert.partialDeepStrictEqual(payload, claims);
  assert.equal(payload.aud, publicUrl);
  assert.deepEqual(
    Object.keys(payload).toSorted(),
    Object.keys(decodeJwt(await issuer.mintToken({ tenant: 'acme', scopes: [] }))).toSorted(),
    'minted tokens have the same claims',
  );
});

test('without resource and scope, a token is for the hub and for everything but admin', async (t) => {
  const { publicUrl, client, signInCode } = await start(t);

  const { access_token: token, scope } = await logInForTokens({ client, signInCode });

  assert.equal(scope, 'tools:read tools:call servers:read servers:write');
  assert.partialDeepStrictEqual(decodeJwt(token), { aud: publicUrl, scope, tenant: 'demo' });
});

test('admin is given to who asks for it', async (t) => {
  const { client, signInCode } = await start(t);

  const { scope } = await logInForTokens({ client, signInCode, changes: { scope: 'admin tools:read openid' } });

  assert.deepEqual(scope.split(' ').toSorted(), ['admin', 'tools:read']);
});

test('any URL of the hub, by any name of this machine, is a resource', async (t) => {
  const { publicUrl, client, signInCode } = await start(t);
  const { port } = new URL(publicUrl);

  for (const resource of [`${publicUrl}/`, `${publicUrl}/mcp`, `http://localhost:${port}/local/servers/x/mcp`]) {
    const { access_token: token } = await logInForTokens({ client, signInCode, changes: { resource } });

    assert.equal(decodeJwt(token).aud, publicUrl, resource);
  }
});

for (const resource of ['https://elsewhere.example/mcp', 'http://127.0.0.1:1/mcp', 'urn:hub']) {
  test(`a token for ${resource} is refused`, async (t) => {
    const { client, signInCode } = await start(t);

    const { url } = await createBrowser(new URL(client.authorizationUrl()).origin).visit(
      client.authorizationUrl({ resource }),
    );

    assert.equal(url.searchParams.get('error'), 'invalid_target');
    assert.equal(url.searchParams.get('code'), null);
    assert.ok(signInCode);
  });
}

test('PKCE with S256 is required', async (t) => {
  const { publicUrl, client } = await start(t);
  const browser = createBrowser(publicUrl);

  const without = await browser.visit(
    client.authorizationUrl({ code_challenge: undefined, code_challenge_method: undefined }),
  );
  const plain = await browser.visit(client.authorizationUrl({ code_challenge_method: 'plain' }));

  assert.equal(without.url.searchParams.get('error'), 'invalid_request');
  assert.equal(plain.url.searchParams.get('error'), 'invalid_request');
});

test('a code is worth nothing without its verifier, and nothing twice', async (t) => {
  const { client, signInCode } = await start(t);
  const { url } = await logIn({ client, signInCode });
  const redeem = {
    grant_type: 'authorization_code',
    code: url.searchParams.get('code') ?? '',
    redirect_uri: REDIRECT_URI,
  };

  const stolen = await client.token({ ...redeem, code_verifier: 'x'.repeat(43) });
  const first = await client.token({ ...redeem, code_verifier: client.verifier });
  const second = await client.token({ ...redeem, code_verifier: client.verifier });

  assert.deepEqual([stolen.body.error, first.status, second.body.error], ['invalid_grant', 200, 'invalid_grant']);
});

test('a wrong sign-in code is refused, and after ten of them for a minute every one', async (t) => {
  const { publicUrl, client, signInCode } = await start(t);
  const browser = createBrowser(publicUrl);
  const page = await browser.visit(client.authorizationUrl());
  const form = { tenant: 'demo', name: 'ann', decision: 'allow' };

  const wrong = await browser.submit(page, { ...form, code: 'AAAAA-AAAAA' });
  for (let tries = 1; tries < 10; tries += 1) await browser.submit(page, { ...form, code: '' });
  const locked = await browser.submit(page, { ...form, code: signInCode });

  assert.equal(wrong.status, 403);
  assert.match(wrong.text, /role="alert"[^>]*>That is not the sign-in code of this hub\./);
  assert.match(wrong.text, /value="ann"/, 'what was entered is still there');
  assert.equal(locked.status, 429);
});

test('a person who denies sends the client away without a code', async (t) => {
  const { publicUrl, client } = await start(t);
  const browser = createBrowser(publicUrl);

  const { url } = await browser.submit(await browser.visit(client.authorizationUrl()), { decision: 'deny' });

  assert.equal(url.searchParams.get('error'), 'access_denied');
  assert.equal(url.searchParams.get('code'), null);
});

test('who signed in before only allows, and sees who asks for what', async (t) => {
  const { publicUrl, issuer, client, signInCode } = await start(t);
  const browser = createBrowser(publicUrl);
  await logIn({ client, signInCode, browser, person: { tenant: 'acme', name: 'ann' } });
  const { body } = await registerClient(issuer.url, { client_name: '<b>Other</b>' });
  const other = oauthClient(issuer.url, body.client_id);

  const page = await browser.visit(other.authorizationUrl({ scope: 'servers:write' }));
  const { url } = await browser.submit(page, { decision: 'allow' });

  assert.match(page.text, /<strong>&lt;b&gt;Other&lt;\/b&gt;<\/strong> asks for access/);
  assert.match(page.text, /<strong>ann<\/strong> of the tenant <strong>acme<\/strong>/);
  assert.match(page.text, /servers:write/);
  assert.doesNotMatch(page.text, /tools:call|name="code"/);
  assert.ok(url.searchParams.get('code'));
});

test('no client gets a code without somebody who allows it, also not again', async (t) => {
  const { publicUrl, client, signInCode } = await start(t);
  const browser = createBrowser(publicUrl);
  await logIn({ client, signInCode, browser });

  const again = await browser.visit(client.authorizationUrl());
  const silent = await browser.visit(client.authorizationUrl({ prompt: 'none' }));

  assert.equal(again.status, 200);
  assert.match(again.text, /Allow access to Nexus Hub/);
  assert.equal(silent.url.searchParams.get('error'), 'interaction_required');
});

test('another account needs the sign-in code, and then the browser is somebody else', async (t) => {
  const { publicUrl, client, signInCode } = await start(t);
  const browser = createBrowser(publicUrl);
  await logIn({ client, signInCode, browser, person: { tenant: 'acme' } });
  const page = await browser.visit(client.authorizationUrl());
  const other = await browser.visit(new URL('?account=other', page.url));

  const form = { tenant: 'globex', name: 'bob', decision: 'allow' };
  const without = await browser.submit(other, form);
  const { url } = await browser.submit(other, { ...form, code: signInCode });
  const next = await browser.visit(client.authorizationUrl());

  assert.equal(without.status, 403);
  assert.ok(url.searchParams.get('code'), url.href);
  assert.match(next.text, /<strong>bob<\/strong> of the tenant <strong>globex<\/strong>/);
});

test('a form that another site sent is refused, and so is one without the cookies of its page', async (t) => {
  const { publicUrl, client, signInCode } = await start(t);
  const browser = createBrowser(publicUrl);
  const page = await browser.visit(client.authorizationUrl());
  const form = { tenant: 'demo', name: 'ann', decision: 'allow', code: signInCode };

  const foreign = await browser.submit(page, form, { 'sec-fetch-site': 'cross-site' });
  const neighbour = await browser.submit(page, form, { 'sec-fetch-site': 'same-site' });
  const bare = await createBrowser(publicUrl).submit(page, form);

  assert.deepEqual([foreign.status, neighbour.status, bare.status], [403, 403, 400]);
});

test('a tenant that cannot be one is refused', async (t) => {
  const { publicUrl, client, signInCode } = await start(t);
  const browser = createBrowser(publicUrl);
  const page = await browser.visit(client.authorizationUrl());

  const answer = await browser.submit(page, { tenant: 'a#b', name: 'ann', code: signInCode, decision: 'allow' });

  assert.equal(answer.status, 400);
  assert.match(answer.text, /id="tenant"[^>]*aria-invalid="true"/);
});
