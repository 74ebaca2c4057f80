import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startLegacy } from '../support/upstreams/legacy.ts';
import { startModern } from '../support/upstreams/modern.ts';

describe('managing servers', () => {
  let hub: TestHub;
  let modern: Awaited<ReturnType<typeof startModern>>;
  let legacy: Awaited<ReturnType<typeof startLegacy>>;
  let tenant: string;
  let count = 0;

  before(async () => {
    [hub, modern, legacy] = await Promise.all([startTestHub(), startModern(), startLegacy()]);
  });
  after(async () => {
    await Promise.all([hub?.close(), modern?.close(), legacy?.close()]);
  });
  beforeEach(() => {
    tenant = `tenant-${++count}`;
    modern.gate.requiredHeader = undefined;
    modern.clear();
  });

  it('adding a modern server answers what was found on it', async () => {
    const { body, headers } = await hub.register({ slug: 'modern', url: modern.url }, { tenant });

    assert.equal(headers.get('location'), '/v1/servers/modern');
    assert.equal(body.catalog.era, 'modern');
    assert.equal(body.catalog.counts.tools, modern.offer.tools.length);
    assert.equal(body.catalog.counts.resources, 1);
    assert.equal(body.catalog.counts.resourceTemplates, 1);
    assert.equal(body.catalog.counts.prompts, 1);
    assert.equal(body.lastSync.state, 'ok');
  });

  it('adding a legacy server answers what was found on it', async () => {
    const { body } = await hub.register({ slug: 'legacy', url: legacy.url }, { tenant });

    assert.equal(body.catalog.era, 'legacy');
    assert.equal(body.catalog.counts.tools, legacy.offer.tools.length);
  });

  it('a server can be read, listed, changed and deleted', async () => {
    await hub.register({ slug: 's', name: 'First', url: modern.url }, { tenant });

    const listed = await hub.registered(tenant);
    assert.deepEqual(
      listed.map(({ slug }) => slug),
      ['s'],
    );
    const changed = await hub.call('PATCH', '/v1/servers/s', {
      tenant,
      body: { name: 'Second', rateLimitPerMinute: 5 },
    });
    assert.equal(changed.status, 200);
    const read = await hub.call('GET', '/v1/servers/s', { tenant });
    assert.equal(read.body.name, 'Second');
    assert.equal(read.body.rateLimitPerMinute, 5);
    assert.equal(read.body.catalog.era, 'modern');
    assert.equal((await hub.call('DELETE', '/v1/servers/s', { tenant })).status, 204);
    assert.equal((await hub.call('GET', '/v1/servers/s', { tenant })).status, 404);
    assert.equal((await hub.call('DELETE', '/v1/servers/s', { tenant })).body.code, 'server_not_found');
    assert.deepEqual((await hub.call('GET', '/v1/tools', { tenant })).body.tools, []);
  });

  it('a server that is deleted and added again starts anew', async () => {
    await hub.register({ slug: 's', url: modern.url }, { tenant });
    await hub.call('DELETE', '/v1/servers/s', { tenant });
    await hub.register({ slug: 's', url: legacy.url }, { tenant });

    const read = await hub.call('GET', '/v1/servers/s', { tenant });

    assert.equal(read.body.catalog.era, 'legacy');
    assert.deepEqual(read.body.catalog.quarantined, []);
  });

  it('a bearer token and headers reach the server and are never shown', async () => {
    modern.gate.requiredHeader = { name: 'authorization', value: 'Bearer tok-123' };
    const settings = { slug: 's', url: modern.url, headers: { 'X-Org': 'org-456' } };
    const { body } = await hub.register({ ...settings, credential: { type: 'bearer', token: 'tok-123' } }, { tenant });

    assert.equal(body.credential.type, 'bearer');
    const read = await hub.call('GET', '/v1/servers/s', { tenant });
    assert.ok(!/tok-123|org-456/.test(read.text));
    assert.ok(modern.requests.some(({ headers }) => headers['x-org'] === 'org-456'));
  });

  it('a change keeps the secrets that it does not send', async () => {
    modern.gate.requiredHeader = { name: 'x-api-key', value: 'key-1' };
    const credential = { type: 'header', name: 'X-Api-Key', value: 'key-1' };
    await hub.register({ slug: 's', url: modern.url, credential, headers: { 'X-Org': 'o' } }, { tenant });
    modern.clear();

    const changed = await hub.call('PATCH', '/v1/servers/s', { tenant, body: { headers: { 'X-Team': 't' } } });

    assert.equal(changed.status, 200, changed.text);
    const last = modern.requests.at(-1);
    assert.equal(last?.headers['x-api-key'], 'key-1');
    assert.equal(last?.headers['x-team'], 't');
    assert.equal(last?.headers['x-org'], undefined);
  });

  it('a kept secret never follows the server to another origin', async () => {
    modern.gate.requiredHeader = { name: 'authorization', value: 'Bearer tok' };
    await hub.register({ slug: 's', url: modern.url, credential: { type: 'bearer', token: 'tok' } }, { tenant });
    legacy.clear();

    const moved = await hub.call('PATCH', '/v1/servers/s?force=true', { tenant, body: { url: legacy.url } });

    assert.equal(moved.status, 422);
    assert.equal(moved.body.code, 'credential_required');
    assert.equal(legacy.requests.length, 0);
    const again = { url: legacy.url, credential: { type: 'none' } };
    assert.equal((await hub.call('PATCH', '/v1/servers/s', { tenant, body: again })).status, 200);
    assert.ok(legacy.requests.every(({ headers }) => headers.authorization === undefined));
  });

  it('a change that the server does not survive changes nothing', async () => {
    await hub.register({ slug: 's', url: modern.url }, { tenant });

    const broken = await hub.call('PATCH', '/v1/servers/s', { tenant, body: { url: 'http://127.0.0.1:9/mcp' } });

    assert.equal(broken.body.code, 'upstream_unreachable');
    assert.equal((await hub.call('GET', '/v1/servers/s', { tenant })).body.url, modern.url);
  });

  it('a wrong credential is told apart', async () => {
    modern.gate.requiredHeader = { name: 'authorization', value: 'Bearer right' };
    const credential = { type: 'bearer', token: 'wrong' };

    const answer = await hub.call('POST', '/v1/servers', { tenant, body: { slug: 's', url: modern.url, credential } });

    assert.equal(answer.status, 502);
    assert.equal(answer.body.code, 'upstream_unauthorized');
    assert.ok(!answer.text.includes('wrong'));
    assert.equal((await hub.call('GET', '/v1/servers/s', { tenant })).status, 404);
  });

  it('a server that is down can be saved by force and synced later', async () => {
    modern.gate.requiredHeader = { name: 'x-not-yet', value: 'open' };
    const body = { slug: 's', url: modern.url };
    const forced = await hub.call('POST', '/v1/servers?force=true', { tenant, body });
    assert.equal(forced.status, 201);
    assert.equal(forced.body.lastSync.code, 'upstream_unauthorized');
    const partial = await hub.call('GET', '/v1/tools', { tenant });
    assert.equal(partial.body.partial, true);
    assert.deepEqual(partial.body.missing, [{ server: 's', reason: 'upstream_unauthorized' }]);

    modern.gate.requiredHeader = undefined;
    const synced = await hub.call('POST', '/v1/servers/s/sync', { tenant });

    assert.equal(synced.status, 200);
    assert.equal((await hub.call('GET', '/v1/tools', { tenant })).body.partial, false);
  });

  it('many syncs at once all end well', async () => {
    await hub.register({ slug: 's', url: modern.url }, { tenant });

    const syncs = await Promise.all(
      Array.from({ length: 4 }, () => hub.call('POST', '/v1/servers/s/sync', { tenant })),
    );

    assert.deepEqual(
      syncs.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    assert.equal((await hub.call('GET', '/v1/servers/s', { tenant })).body.lastSync.state, 'ok');
  });

  it('a failed sync is told and keeps the tools that were known', async () => {
    await hub.register({ slug: 's', url: modern.url }, { tenant });
    modern.gate.requiredHeader = { name: 'x-gone', value: 'x' };

    const failed = await hub.call('POST', '/v1/servers/s/sync', { tenant });

    assert.equal(failed.body.code, 'upstream_unauthorized');
    assert.equal((await hub.call('GET', '/v1/servers/s', { tenant })).body.lastSync.state, 'failed');
    assert.ok((await hub.call('GET', '/v1/tools', { tenant })).body.tools.length > 0);
  });

  it('a disabled server offers nothing and is not called', async () => {
    await hub.register({ slug: 's', url: modern.url }, { tenant });
    await hub.call('PATCH', '/v1/servers/s', { tenant, body: { enabled: false } });

    assert.deepEqual((await hub.call('GET', '/v1/tools', { tenant })).body.tools, []);
    const called = await hub.call('POST', '/v1/tools/s_echo/invoke', { tenant, body: { arguments: { message: 'x' } } });
    assert.equal(called.status, 403);
    assert.equal(called.body.code, 'server_disabled');
  });

  it('a change of an outdated version is refused', async () => {
    const { headers } = await hub.register({ slug: 's', url: modern.url }, { tenant });
    const etag = headers.get('etag') ?? '';
    const first = await hub.call('PATCH', '/v1/servers/s', {
      tenant,
      body: { name: 'a' },
      headers: { 'if-match': etag },
    });
    assert.equal(first.status, 200);

    const second = await hub.call('PATCH', '/v1/servers/s', {
      tenant,
      body: { name: 'b' },
      headers: { 'if-match': etag },
    });

    assert.equal(second.status, 412);
    assert.equal(second.body.code, 'precondition_failed');
  });

  it('a deletion or a sync of an outdated version is refused', async () => {
    const { headers } = await hub.register({ slug: 's', url: modern.url }, { tenant });
    const outdated = { tenant, headers: { 'if-match': headers.get('etag') ?? '' } };
    await hub.call('PATCH', '/v1/servers/s', { tenant, body: { name: 'new' } });

    for (const [method, path] of [
      ['DELETE', '/v1/servers/s'],
      ['POST', '/v1/servers/s/sync'],
      ['POST', '/v1/servers/s/approve'],
    ] as const) {
      assert.equal((await hub.call(method, path, outdated)).status, 412, `${method} ${path}`);
    }
    assert.equal((await hub.call('GET', '/v1/servers/s', { tenant })).status, 200);
  });

  it('the tag of a deleted server does not fit one that is added again', async () => {
    const first = await hub.register({ slug: 's', url: modern.url }, { tenant });
    await hub.call('DELETE', '/v1/servers/s', { tenant });
    await hub.register({ slug: 's', url: legacy.url }, { tenant });

    const body = { credential: { type: 'bearer', token: 'meant-for-the-first' } };
    const headers = { 'if-match': first.headers.get('etag') ?? '' };
    assert.equal((await hub.call('PATCH', '/v1/servers/s', { tenant, body, headers })).status, 412);
  });

  it('a server whose catalog does not fit is not added, and an address with one not taken over', async () => {
    const large = await startModern();
    large.offer.tools = Array.from({ length: 200 }, (_, index) => ({
      name: `t${index}`,
      description: randomBytes(30_000).toString('base64'),
      inputSchema: { type: 'object' },
    }));
    try {
      const added = await hub.call('POST', '/v1/servers', { tenant, body: { slug: 'large', url: large.url } });
      assert.equal(added.body.code, 'catalog_too_large', added.text);
      assert.equal((await hub.call('GET', '/v1/servers/large', { tenant })).status, 404);

      await hub.register({ slug: 's', url: modern.url }, { tenant });
      const moved = await hub.call('PATCH', '/v1/servers/s', { tenant, body: { url: large.url } });
      assert.equal(moved.body.code, 'catalog_too_large');
      const { body } = await hub.call('GET', '/v1/servers/s', { tenant });
      assert.equal(body.url, modern.url);
      assert.equal(body.version, 1);
    } finally {
      await large.close();
    }
  });

  it('two simultaneous additions of one slug make one server', async () => {
    const body = { slug: 's', url: modern.url };
    const answers = await Promise.all([1, 2, 3].map(() => hub.call('POST', '/v1/servers', { tenant, body })));

    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
  });

  it('the hub is refused as its own upstream under every name it has', async () => {
    const { port } = new URL(hub.url);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.1', '0x7f.1']) {
      const body = { slug: 'loop', url: `http://${host}:${port}/mcp` };
      const answer = await hub.call('POST', '/v1/servers?force=true', { tenant, body });

      assert.equal(answer.body.code, 'address_refused', host);
    }
  });

  it('a request that came through this hub before is refused', async () => {
    await hub.register({ slug: 's', url: modern.url }, { tenant });
    const via = modern.requests.map(({ headers }) => headers['nexus-via']).find(Boolean);
    assert.ok(typeof via === 'string');

    const looped = await hub.call('GET', '/v1/tools', { tenant, headers: { 'nexus-via': via } });

    assert.equal(looped.status, 508);
    assert.equal(looped.body.code, 'loop_detected');
  });

  const invalid: [string, unknown, string][] = [
    ['an unknown member', { slug: 's', url: 'https://a.dev/', stdio: 'rm -rf' }, 'invalid_request'],
    ['no url', { slug: 's' }, 'invalid_request'],
    ['a slug with an underscore', { slug: 'a_b', url: 'https://a.dev/' }, 'invalid_request'],
    ['a reserved slug', { slug: 'github', url: 'https://a.dev/' }, 'slug_reserved'],
    ['a metadata address', { slug: 's', url: 'http://169.254.169.254/latest' }, 'address_refused'],
    ['a file', { slug: 's', url: 'file:///etc/passwd' }, 'address_refused'],
    ['plain http to the world', { slug: 's', url: 'http://mcp.dev.example.org/' }, 'address_refused'],
    ['a private address', { slug: 's', url: 'https://10.0.0.1/mcp' }, 'address_refused'],
    [
      'a header of the protocol',
      { slug: 's', url: 'https://a.dev/', headers: { 'Mcp-Session-Id': 'x' } },
      'invalid_request',
    ],
    [
      'a framing header',
      { slug: 's', url: 'https://a.dev/', headers: { 'Transfer-Encoding': 'chunked' } },
      'invalid_request',
    ],
    [
      'a header with a line break',
      { slug: 's', url: 'https://a.dev/', headers: { 'X-A': 'a\r\nX-B: b' } },
      'invalid_request',
    ],
    [
      'two sources of one header',
      { slug: 's', url: 'https://a.dev/', headers: { Authorization: 'x' }, credential: { type: 'bearer', token: 't' } },
      'invalid_request',
    ],
    [
      'a header that would vanish',
      '{"slug":"s","url":"https://a.dev/","headers":{"__proto__":"a"}}',
      'invalid_request',
    ],
    ['a rate limit of nothing', { slug: 's', url: 'https://a.dev/', rateLimitPerMinute: 0 }, 'invalid_request'],
    ['a body that is no JSON', '{"slug":', 'invalid_request'],
    ['a list', [], 'invalid_request'],
  ];
  for (const [what, body, code] of invalid) {
    it(`adding ${what} is refused as ${code}`, async () => {
      const answer = await hub.call('POST', '/v1/servers?force=true', { tenant, body });

      assert.equal(answer.body.code, code, answer.text);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.ok(answer.body.detail.length > 0);
      assert.deepEqual(await hub.registered(tenant), []);
    });
  }

  it('a body of another media type is refused as such', async () => {
    const answer = await hub.call('POST', '/v1/servers', {
      tenant,
      body: 'a=b',
      headers: { 'content-type': 'text/plain' },
    });

    assert.equal(answer.status, 415);
  });
});
