import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTestHub, type TestHub } from '../support/test-hub.ts';

let hub: TestHub;
before(async () => {
  hub = await startTestHub();
});
after(() => hub.close());

const ENDPOINTS = ['/mcp', '/servers/acme/mcp'];
const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };

describe('protected resource metadata', () => {
  for (const path of ['', '/mcp', '/servers/acme/mcp']) {
    it(`is open and readable by every page, and describes ${path || 'the hub'}`, async () => {
      const { status, headers, body } = await hub.call('GET', `/.well-known/oauth-protected-resource${path}`, {
        token: null,
        headers: { origin: 'https://anywhere.example' },
      });

      assert.equal(status, 200);
      assert.deepEqual(body, {
        resource: hub.url + path,
        resource_name: 'Nexus Hub',
        authorization_servers: [`${hub.url}/oidc`],
        scopes_supported: ['tools:read', 'tools:call'],
        bearer_methods_supported: ['header'],
      });
      assert.equal(headers.get('cache-control'), 'public, max-age=300');
      assert.equal(headers.get('access-control-allow-origin'), '*');
    });
  }

  it('describes the URL by which the hub was asked', async () => {
    const url = hub.url.replace('127.0.0.1', 'localhost');
    const response = await fetch(`${url}/.well-known/oauth-protected-resource/mcp`);

    assert.equal(((await response.json()) as { resource: string }).resource, `${url}/mcp`);
  });

  it('is not there for what cannot be a server', async () => {
    const { status } = await hub.call('GET', '/.well-known/oauth-protected-resource/servers/No%20slug/mcp', {
      token: null,
    });

    assert.equal(status, 404);
  });
});

describe('a token is meant for this hub', () => {
  const status = async (aud: string) => {
    const token = await hub.hub.mintToken({ tenant: 'acme', scopes: ['tools:read'], claims: { aud } });
    return (await hub.call('GET', '/v1/tools', { token })).status;
  };

  for (const path of ['', '/', '/mcp', '/servers/acme/mcp']) {
    it(`when its audience is <hub>${path}`, async () => assert.equal(await status(hub.url + path), 200));
  }

  for (const [what, url] of [
    ['another path of it', (own: string) => `${own}/v1/tools`],
    ['another host', () => 'http://127.0.0.1:1/mcp'],
    ['another scheme', (own: string) => `${own.replace('http:', 'https:')}/mcp`],
  ] as const) {
    it(`and not when it is ${what}`, async () => assert.equal(await status(url(hub.url)), 401));
  }
});

describe('a page', () => {
  const preflight = async (path: string, headers: string) =>
    await fetch(hub.url + path, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:6274',
        'access-control-request-method': 'POST',
        'access-control-request-headers': headers,
      },
    });

  for (const path of ENDPOINTS) {
    it(`may send every header of MCP to ${path}`, async () => {
      const response = await preflight(path, 'mcp-param-region');

      assert.equal(response.headers.get('access-control-allow-origin'), '*');
      const allowed = response.headers.get('access-control-allow-headers')?.toLowerCase().split(',') ?? [];
      for (const name of ['authorization', 'content-type', 'mcp-protocol-version', 'mcp-method', 'mcp-name', '*']) {
        assert.ok(allowed.includes(name), name);
      }
    });
  }

  it('may ask for metadata with the header that MCP clients add', async () => {
    const response = await preflight('/.well-known/oauth-protected-resource/mcp', 'mcp-protocol-version');

    assert.match(response.headers.get('access-control-allow-headers') ?? '', /MCP-Protocol-Version/);
  });

  it('may read the refusal of a stream', async () => {
    const { headers } = await hub.call('GET', '/mcp', { token: null });

    assert.equal(headers.get('access-control-allow-origin'), '*');
  });
});

for (const path of ENDPOINTS) {
  describe(`the endpoint ${path}`, () => {
    for (const method of ['GET', 'DELETE']) {
      it(`answers ${method} with 405 and what is allowed, without asking anybody`, async () => {
        const asked = hub.invocations.length;

        const { status, headers, text } = await hub.call(method, path, { token: null });

        assert.equal(status, 405);
        assert.equal(headers.get('allow'), 'POST');
        assert.equal(text, '');
        assert.equal(hub.invocations.length, asked);
      });
    }

    it('says to a caller without a token where one is to be had', async () => {
      const { status, headers } = await hub.call('POST', path, { token: null, body: ping });

      assert.equal(status, 401);
      assert.equal(
        headers.get('www-authenticate'),
        `Bearer scope="tools:read tools:call", resource_metadata="${hub.url}/.well-known/oauth-protected-resource"`,
      );
    });

    it('says to a token without the scope which ones it needs', async () => {
      const { status, headers } = await hub.call('POST', path, { scopes: ['servers:read'], body: ping });

      assert.equal(status, 403);
      assert.equal(
        headers.get('www-authenticate'),
        'Bearer error="insufficient_scope", scope="tools:read tools:call", ' +
          `resource_metadata="${hub.url}/.well-known/oauth-protected-resource"`,
      );
    });

    it('is there with a final slash too, as people write it into their clients', async () => {
      const { status, body } = await hub.call('POST', `${path}/`, { body: ping });

      assert.deepEqual([status, body.result], [200, {}]);
    });

    it('refuses a page of another origin', async () => {
      const { status, body } = await hub.call('POST', path, {
        body: ping,
        headers: { origin: 'https://evil.example' },
      });

      assert.deepEqual([status, body.code], [403, 'origin_refused']);
    });
  });
}
