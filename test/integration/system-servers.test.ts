import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SYSTEM_SLUGS } from '../../lambdas/hub/system/system-servers.ts';
import { assertAbsent, storedFiles, storedItems, unpacked } from '../support/leaks.ts';
import { connectClient } from '../support/mcp-client.ts';
import { type Answer, type Call, startTestHub, type TestHub } from '../support/test-hub.ts';
import { type BraveApi, startBraveApi } from '../support/upstreams/brave/brave-api.ts';
import { type MapsServer, startMapsServer } from '../support/upstreams/maps-server.ts';

const CANARY = 'canary-7c31d09a55f2';
const FIRST = `${CANARY}-first`;
const SECOND = `${CANARY}-second`;
const OWN = `${CANARY}-own`;
const MAPS_KEY = `${CANARY}-maps`;

describe('the servers of the deployment', () => {
  let hub: TestHub;
  let brave: BraveApi;
  let maps: MapsServer;
  const answers: string[] = [];
  const cleanUps: (() => unknown)[] = [];

  async function say(method: string, path: string, options: Call = {}): Promise<Answer> {
    const answer = await hub.call(method, path, options);
    answers.push(answer.text, JSON.stringify([...answer.headers]));
    return answer;
  }
  const admin = (slug: string, body: unknown) => say('PUT', `/v1/admin/servers/${slug}`, { scopes: ['admin'], body });
  const search = (tenant: string) =>
    say('POST', '/v1/tools/brave_web_search/invoke', { tenant, body: { arguments: { q: 'museums' } } });
  const stateOf = async (slug: string, tenant: string): Promise<unknown> =>
    (await say('GET', `/v1/servers/${slug}`, { tenant })).body.state;

  before(async () => {
    const keeper = { after: (cleanUp: () => unknown) => void cleanUps.push(cleanUp) };
    [hub, brave, maps] = await Promise.all([
      startTestHub(),
      startBraveApi(keeper, FIRST),
      startMapsServer({ era: 'modern', key: MAPS_KEY }),
    ]);
  });
  after(async () => {
    await Promise.all([hub?.close(), maps?.close(), ...cleanUps.map((cleanUp) => cleanUp())]);
  });

  it('are listed to every tenant, and need credentials', async () => {
    const { body } = await say('GET', '/v1/servers', { tenant: 'anybody' });

    const states = body.servers.map(({ slug, state }: { slug: string; state: string }) => [slug, state]);
    assert.deepEqual(
      states,
      SYSTEM_SLUGS.map((slug) => [slug, 'needs_credentials']),
    );
  });

  it('say who can give them a credential, and where to get one', async () => {
    const { body } = await say('GET', '/v1/servers/brave');

    assert.deepEqual(body.credential.setWith, ['PUT /v1/servers/brave/credential', 'PUT /v1/admin/servers/brave']);
    assert.match(body.credential.help, /API key/);
    assert.ok(body.catalog.counts.tools > 5);
  });

  it('offer no tool without one, and refuse to be called', async () => {
    const listed = await say('GET', '/v1/tools');
    assert.deepEqual([listed.body.tools, listed.body.missing ?? []], [[], []]);
    const asked = await say('GET', '/v1/tools?server=brave');
    assert.deepEqual(asked.body.missing, [{ server: 'brave', reason: 'needs_credentials' }]);

    const refused = await search('acme');

    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'needs_credentials');
    assert.match(refused.body.detail, /GET \/v1\/servers\/brave/);
    const job = { body: { arguments: { q: 'x' }, mode: 'async' } };
    assert.equal((await say('POST', '/v1/tools/brave_web_search/invoke', job)).body.code, 'needs_credentials');
  });

  it('say over MCP, too, that they need one', async () => {
    const client = await connectClient(hub, { path: '/servers/brave/mcp' });

    const needsOne = (error: unknown) => /has no credential that fits/.test(String(error));
    await assert.rejects(client.listTools(), needsOne);
    await assert.rejects(client.callTool({ name: 'web_search', arguments: { q: 'x' } }), needsOne);
    await client.close();
  });

  it('are given one by an admin, and by nobody else', async () => {
    const settings = { credential: FIRST, url: brave.origin };
    for (const scopes of [['servers:write'], ['tools:call']]) {
      assert.equal((await say('PUT', '/v1/admin/servers/brave', { scopes, body: settings })).status, 403);
    }

    const set = await admin('brave', settings);

    assert.equal(set.status, 200, set.text);
    assert.equal(set.body.state, 'ready');
    assert.equal(await stateOf('brave', 'anybody'), 'ready');
    assert.equal((await admin('maps', { credential: MAPS_KEY, url: maps.url })).status, 200);
    const known = await say('GET', '/v1/admin/servers', { scopes: ['admin'] });
    assert.deepEqual(
      known.body.servers.map(({ slug }: { slug: string }) => slug),
      SYSTEM_SLUGS,
    );
  });

  it('are then called by every tenant, over REST and MCP, with that credential', async () => {
    const found = await search('acme');
    assert.equal(found.status, 200, found.text);
    assert.match(found.body.result.content[0].text, /artificial/);

    // A warm environment may remember for 15 s that there was none.
    let client = await connectClient(hub, { tenant: 'another' });
    let { tools } = await client.listTools();
    for (let tries = 0; tries < 40 && tools.length === 0; tries += 1) {
      await client.close();
      await delay(500);
      client = await connectClient(hub, { tenant: 'another' });
      ({ tools } = await client.listTools());
    }
    const routes = await client.callTool({
      name: 'maps_compute_routes',
      arguments: { origin: { address: 'Basel SBB' }, destination: { placeId: 'PLACE' } },
    });
    await client.close();
    assert.ok(
      tools.some(({ name }) => name === 'brave_web_search') && tools.some(({ name }) => name === 'maps_search_places'),
    );
    assert.ok(routes.isError !== true, JSON.stringify(routes));
    answers.push(JSON.stringify([tools, routes]));
    const keys = new Set(brave.requests.map(({ headers }) => headers['x-subscription-token']));
    assert.deepEqual([...keys], [FIRST]);
  });

  it('is shown alone at an endpoint of its own', async () => {
    const client = await connectClient(hub, { path: '/servers/brave/mcp' });
    const found = await client.callTool({ name: 'web_search', arguments: { q: 'museums' } });
    const instructions = client.getInstructions();
    await client.close();

    assert.ok(found.isError !== true, JSON.stringify(found));
    assert.match(instructions ?? '', /Searches the web/);
  });

  it('have no resources and complete nothing, whichever function speaks to them', async () => {
    await admin('playwright', { credential: `wss://browsers.nexus-hub.dev/${CANARY}` });
    const client = await connectClient(hub);

    for (const slug of ['brave', 'playwright']) {
      const uri = `${slug}+file:///a`;
      await assert.rejects(client.readResource({ uri }), /no such resource|no resources/);
      const argument = { name: 'b', value: '' };
      const { completion } = await client.complete({ ref: { type: 'ref/resource', uri }, argument });
      assert.deepEqual(completion, { values: [] });
    }
    await client.close();
    assert.equal((await admin('playwright', { credential: null })).status, 200);
  });

  it('are done by jobs as any tool is', async () => {
    const body = { arguments: { q: 'museums' }, mode: 'async' };
    const { body: job } = await say('POST', '/v1/tools/brave_web_search/invoke', { body });

    let ended = await say('GET', `/v1/jobs/${job.jobId}`);
    for (let tries = 0; tries < 300 && ['queued', 'running'].includes(ended.body.status); tries += 1) {
      ended = await say('GET', `/v1/jobs/${job.jobId}`);
    }

    assert.equal(ended.body.status, 'succeeded', ended.text);
  });

  it('use a credential that was rotated from the next call on', async () => {
    brave.state.key = SECOND;
    assert.equal((await search('acme')).body.code, 'upstream_unauthorized');

    assert.equal((await admin('brave', { credential: SECOND })).body.state, 'ready');

    assert.equal((await search('acme')).status, 200);
  });

  it('use a tenant’s own credential for this tenant, and the deployment’s for all others', async () => {
    const path = '/v1/servers/brave/credential';
    const set = await say('PUT', path, { tenant: 'rich', body: { credential: OWN } });
    assert.equal(set.body.credential.of, 'tenant', set.text);
    brave.clear();

    await search('rich');
    await search('acme');

    const keys = brave.requests.map(({ headers }) => headers['x-subscription-token']);
    assert.deepEqual(keys, [OWN, SECOND]);
    const stale = { tenant: 'rich', headers: { 'if-match': '"tenant-system-brave.v1"' } };
    assert.equal((await say('DELETE', path, stale)).status, 412);
    const current = { tenant: 'rich', headers: { 'if-match': set.headers.get('etag') ?? '' } };
    assert.equal((await say('DELETE', path, current)).status, 204);
    assert.equal((await say('DELETE', path, { tenant: 'rich' })).status, 404);
    assert.equal((await search('rich')).status, 200);
  });

  it('follow a limit, a permission and a switch as any server does', async () => {
    const permissions = { default: 'enabled', tools: { brave_web_search: 'disabled' } };
    await say('PUT', '/v1/permissions', { tenant: 'strict', body: permissions });
    assert.equal((await search('strict')).body.code, 'tool_disabled');

    await admin('brave', { rateLimitPerMinute: 1 });
    assert.equal((await search('limited')).status, 200);
    assert.equal((await search('limited')).status, 429);
    await admin('brave', { rateLimitPerMinute: null, enabled: false });
    assert.equal((await search('acme')).body.code, 'server_disabled');
    assert.equal(await stateOf('brave', 'acme'), 'disabled');
    await admin('brave', { enabled: true });
    assert.equal((await search('acme')).status, 200);
  });

  it('cannot be registered, changed or deleted by a tenant', async () => {
    const registered = await say('POST', '/v1/servers', { body: { slug: 'brave', url: brave.origin } });
    assert.equal(registered.body.code, 'slug_reserved');
    for (const [method, path, body] of [
      ['PATCH', '', { enabled: false }],
      ['DELETE', '', undefined],
      ['POST', '/sync', undefined],
    ] as const) {
      const answer = await say(method, `/v1/servers/brave${path}`, { body });
      assert.equal(answer.body.code, 'slug_reserved', answer.text);
    }
    assert.equal((await say('PUT', '/v1/servers/nothing/credential', { body: { credential: 'x' } })).status, 404);
    assert.equal((await admin('nothing', { enabled: false })).status, 404);
    assert.equal((await admin('brave', {})).status, 400);
  });

  it('never send a credential to another address than it was given for', async () => {
    const moved = await admin('brave', { url: 'https://elsewhere.nexus-hub.dev/' });

    assert.equal(moved.status, 422);
    assert.equal(moved.body.code, 'credential_required');
    assert.equal(
      (await admin('brave', { url: 'https://169.254.169.254/', credential: 'x' })).body.code,
      'address_refused',
    );
    assert.equal((await admin('brave', { credential: 'two\nlines' })).status, 400);
  });

  it('are changed by one of two admins who saw the same state', async () => {
    const { headers } = await admin('maps', { rateLimitPerMinute: 50 });
    const etag = headers.get('etag') ?? '';
    const change = (rateLimitPerMinute: number) =>
      say('PUT', '/v1/admin/servers/maps', {
        scopes: ['admin'],
        headers: { 'if-match': etag },
        body: { rateLimitPerMinute },
      });

    assert.deepEqual([(await change(60)).status, (await change(70)).status], [200, 412]);
    const { body } = await say('GET', '/v1/admin/servers', { scopes: ['admin'] });
    const known = body.servers.find(({ slug }: { slug: string }) => slug === 'maps');
    const options = { scopes: ['admin'], headers: { 'if-match': known.etag }, body: { rateLimitPerMinute: null } };
    assert.equal((await say('PUT', '/v1/admin/servers/maps', options)).status, 200);
    const seen = await say('GET', '/v1/servers/maps');
    const asTenant = { ...options, headers: { 'if-match': seen.headers.get('etag') ?? '' } };
    assert.equal((await say('PUT', '/v1/admin/servers/maps', asTenant)).status, 412);
  });

  it('need one again when it is taken away', async () => {
    assert.equal((await admin('brave', { credential: null })).body.state, 'needs_credentials');

    assert.equal((await search('acme')).body.code, 'needs_credentials');
    assert.equal(await stateOf('brave', 'acme'), 'needs_credentials');
  });

  it('keep their credentials out of answers, logs, requests to AWS, tables and files', async () => {
    assertAbsent(CANARY, answers);
    assertAbsent(
      CANARY,
      hub.logLines.map(({ line }) => line),
    );
    assertAbsent(
      CANARY,
      hub.awsCalls.flatMap(({ requestBody }) => [requestBody, ...unpacked(requestBody)]),
    );
    const items = await storedItems(hub);
    assertAbsent(
      CANARY,
      items.flatMap((item) => [item, ...unpacked(item)]),
    );
    assertAbsent(CANARY, await storedFiles(hub));
  });
});
