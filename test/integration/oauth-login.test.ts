import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { UnauthorizedError as LegacyUnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { decodeJwt } from 'jose';
import { createBrowser } from '../support/browser.ts';
import { logInForTokens, oauthClient, registerClient } from '../support/oauth-client.ts';
import { createOAuthMemory, type OAuthMemory } from '../support/oauth-memory.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

let hub: TestHub;
let upstream: Awaited<ReturnType<typeof startModern>>;
before(async () => {
  hub = await startTestHub({ stagePath: true });
  upstream = await startModern();
  await hub.register({ slug: 's', url: upstream.url }, { tenant: 'acme' });
});
after(async () => {
  await hub?.close();
  await upstream?.close();
});

const transportTo = (url: string, authProvider: OAuthMemory) =>
  new StreamableHTTPClientTransport(new URL(url), { authProvider });

const newClient = () => new Client({ name: 'application', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });

/** What the person does in the browser that the application opened. */
async function allowIn(opened: URL): Promise<URLSearchParams> {
  const browser = createBrowser(hub.url);
  const page = await browser.visit(opened);
  assert.match(page.text, /Application of a test/);
  const person = { tenant: 'acme', name: 'ann', code: hub.hub.signInCode };
  const { url } = await browser.submit(page, { ...person, decision: 'allow' });
  assert.equal(url.searchParams.get('state'), 'state-of-the-application');
  return url.searchParams;
}

/** From the URL alone to a connected client. */
async function connectTo(url: string, memory: OAuthMemory): Promise<Client> {
  const refused = transportTo(url, memory);
  await assert.rejects(newClient().connect(refused), UnauthorizedError);
  const [opened, ...more] = memory.opened;
  assert.ok(opened !== undefined && more.length === 0, 'one page is opened');
  await refused.finishAuth(await allowIn(opened));
  const client = newClient();
  await client.connect(transportTo(url, memory));
  return client;
}

describe('an application that knows nothing but the URL of the endpoint', () => {
  for (const [path, tool] of [
    ['/mcp', 's_echo'],
    ['/servers/s/mcp', 'echo'],
    ['/local/mcp', 's_echo'],
    ['/local/servers/s/mcp', 'echo'],
  ] as const) {
    it(`gets from a bare 401 of ${path} to the result of a tool`, async () => {
      const memory = createOAuthMemory();
      const client = await connectTo(hub.url + path, memory);

      const result = await client.callTool({ name: tool, arguments: { message: 'hello' } });
      await client.close();

      assert.deepEqual(result.content, [{ type: 'text', text: 'hello' }]);
      const token = decodeJwt((await memory.tokens())?.access_token ?? '');
      const claims = { tenant: 'acme', sub: 'ann@acme', aud: hub.url, scope: 'tools:read tools:call' };
      assert.partialDeepStrictEqual(token, claims);
      assert.ok(`${hub.url}${path}`.startsWith(memory.opened[0]?.searchParams.get('resource') ?? 'none'));
    });
  }

  it('may be one of before 2026', async () => {
    const memory = createOAuthMemory();
    const url = new URL(`${hub.url}/mcp`);
    const refused = new LegacyTransport(url, { authProvider: memory });
    await assert.rejects(new LegacyClient({ name: 'old', version: '1' }).connect(refused), LegacyUnauthorizedError);
    assert.ok(memory.opened[0]);
    await refused.finishAuth((await allowIn(memory.opened[0])).get('code') ?? '');

    const client = new LegacyClient({ name: 'old', version: '1' });
    await client.connect(new LegacyTransport(url, { authProvider: memory }));
    const { content } = await client.callTool({ name: 's_echo', arguments: { message: 'hello' } });
    await client.close();

    assert.deepEqual(content, [{ type: 'text', text: 'hello' }]);
  });

  it('may call this machine localhost', async () => {
    const url = `${hub.url.replace('127.0.0.1', 'localhost')}/mcp`;

    const client = await connectTo(url, createOAuthMemory());

    assert.ok((await client.listTools()).tools.length > 0);
    await client.close();
  });

  it('goes on with its refresh token when the access token is refused', async () => {
    const memory = createOAuthMemory();
    await (await connectTo(`${hub.url}/mcp`, memory)).close();
    const tokens = await memory.tokens();
    assert.ok(tokens);
    await memory.saveTokens({ ...tokens, access_token: await hub.hub.mintToken(expired()) });

    const client = newClient();
    await client.connect(transportTo(`${hub.url}/mcp`, memory));

    assert.ok((await client.listTools()).tools.length > 0);
    assert.equal(memory.opened.length, 1, 'nobody had to sign in again');
    assert.notEqual((await memory.tokens())?.refresh_token, tokens.refresh_token);
    await client.close();
  });
});

const expired = () => ({ tenant: 'acme', scopes: ['tools:read'], claims: { iat: 1, exp: 2 } });

it('a token of the sign-in page opens the REST routes of its scopes, and no others', async () => {
  const issuer = hub.hub.issuer;
  const { body } = await registerClient(issuer);
  const client = oauthClient(issuer, body.client_id);
  const { access_token: token } = await logInForTokens({
    client,
    signInCode: hub.hub.signInCode,
    changes: { scope: 'tools:read' },
    person: { tenant: 'acme' },
  });

  const tools = await hub.call('GET', '/v1/tools', { token });
  const servers = await hub.call('GET', '/v1/servers', { token });

  assert.equal(tools.status, 200);
  assert.ok(tools.body.tools.some(({ name }: { name: string }) => name === 's_echo'));
  assert.equal(servers.status, 403);
});

it('nothing that the issuer does is told to the terminal', async (t) => {
  const written = [t.mock.method(console, 'info'), t.mock.method(console, 'warn'), t.mock.method(console, 'error')];
  const { issuer, signInCode } = hub.hub;
  const { body } = await registerClient(issuer);

  await logInForTokens({ client: oauthClient(issuer, body.client_id), signInCode });
  await fetch(`${issuer}/auth?client_id=nobody`);
  await fetch(`${issuer}/token`, { method: 'POST', body: 'x' });

  for (const { mock } of written) assert.equal(mock.callCount(), 0);
});
