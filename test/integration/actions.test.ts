import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Answer, startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

describe('the single endpoint of the Edge Function', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;
  let tenant: string;
  let count = 0;

  const act = (action: string, members: object = {}) =>
    hub.call('POST', '/functions/v1/nexus-hub', { tenant, body: { action, ...members } });
  const rest = (method: string, path: string, body?: unknown) => hub.call(method, path, { tenant, body });

  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
  });
  beforeEach(() => {
    tenant = `tenant-${++count}`;
  });

  it('answers each list, call and read as the route does that it stands for', async () => {
    await hub.register({ slug: 's', url: upstream.url }, { tenant });
    const hello = { arguments: { message: 'hello' } };
    const greet = { arguments: { name: 'Ada' } };

    const pairs: [Answer, Answer][] = [
      [await act('health'), await rest('GET', '/v1/health')],
      [await act('list_tools'), await rest('GET', '/v1/tools')],
      [await act('list_tools', { q: 'echo', limit: 1 }), await rest('GET', '/v1/tools?q=echo&limit=1')],
      [await act('list_resources'), await rest('GET', '/v1/resources')],
      [await act('list_prompts', { server: 's' }), await rest('GET', '/v1/prompts?server=s')],
      [await act('list_servers'), await rest('GET', '/v1/servers')],
      [await act('invoke', { tool_name: 's_echo', ...hello }), await rest('POST', '/v1/tools/s_echo/invoke', hello)],
      [
        await act('get_resource', { uri: 's+sample://greeting' }),
        await rest('POST', '/v1/resources/read', { uri: 's+sample://greeting' }),
      ],
      [await act('get_prompt', { name: 's_greet', ...greet }), await rest('POST', '/v1/prompts/s_greet/get', greet)],
    ];

    for (const [ours, theirs] of pairs) {
      assert.equal(ours.status, 200, ours.text);
      assert.deepEqual(ours.body, theirs.body);
    }
    assert.ok(
      pairs.every(([, { text }]) => !text.includes('[]')),
      'there is something to compare',
    );
  });

  it('refuses as the route does that it stands for', async () => {
    await hub.register({ slug: 's', url: upstream.url }, { tenant });

    const pairs: [Answer, Answer][] = [
      [await act('list_tools', { cursor: '!' }), await rest('GET', '/v1/tools?cursor=!')],
      [await act('list_tools', { limit: 0 }), await rest('GET', '/v1/tools?limit=0')],
      [await act('invoke', { name: 's_nothing' }), await rest('POST', '/v1/tools/s_nothing/invoke', {})],
      [await act('invoke', { name: 'x_echo' }), await rest('POST', '/v1/tools/x_echo/invoke', {})],
      [await act('get_resource', { uri: 'x' }), await rest('POST', '/v1/resources/read', { uri: 'x' })],
      [await act('get_prompt', { name: 's_nothing' }), await rest('POST', '/v1/prompts/s_nothing/get', {})],
      [
        await act('add_server', { slug: 's', url: upstream.url }),
        await rest('POST', '/v1/servers', { slug: 's', url: upstream.url }),
      ],
      [await act('update_server', { slug: 'x', name: 'n' }), await rest('PATCH', '/v1/servers/x', { name: 'n' })],
      [await act('delete_server', { slug: 'NO' }), await rest('DELETE', '/v1/servers/NO')],
    ];

    for (const [ours, theirs] of pairs) {
      assert.ok(ours.status >= 400, ours.text);
      assert.equal(ours.status, theirs.status, ours.text);
      assert.equal(ours.body.code, theirs.body.code);
      assert.equal(ours.headers.get('content-type'), 'application/problem+json');
    }
  });

  it('adds, changes and deletes a server', async () => {
    upstream.gate.requiredHeader = { name: 'authorization', value: 'Bearer tok' };
    const credential = { type: 'bearer', token: 'tok' };
    const added = await act('add_server', { slug: 's', url: upstream.url, credential });
    assert.equal(added.status, 201, added.text);
    assert.equal(added.body.catalog.era, 'modern');
    assert.equal(added.headers.get('location'), `${hub.url}/v1/servers/s`);
    assert.ok(!/"tok"/.test(added.text));

    const called = await act('invoke', { name: 's_echo', arguments: { message: 'x' } });
    assert.equal(called.status, 200, called.text);
    upstream.gate.requiredHeader = undefined;

    const changed = await act('update_server', { slug: 's', name: 'New', rate_limit_per_minute: 7 });
    assert.equal(changed.status, 200, changed.text);
    const read = await rest('GET', '/v1/servers/s');
    assert.equal(read.body.name, 'New');
    assert.equal(read.body.rateLimitPerMinute, 7);
    assert.equal(changed.headers.get('etag'), read.headers.get('etag'));

    const removed = await act('delete_server', { slug: 's' });
    assert.equal(removed.status, 204);
    assert.equal(removed.text, '');
    const { body } = await act('list_servers');
    assert.ok(
      body.servers.every(({ system }: { system?: boolean }) => system === true),
      JSON.stringify(body),
    );
  });

  it('saves a server that does not answer only when it is forced to', async () => {
    const server = { slug: 's', url: 'http://127.0.0.1:9/mcp' };

    assert.equal((await act('add_server', server)).body.code, 'upstream_unreachable');
    const forced = await act('add_server', { ...server, force: true });

    assert.equal(forced.status, 201, forced.text);
    assert.equal(forced.body.lastSync.code, 'upstream_unreachable');
  });

  it('changes and deletes no server of another version than the one that was read', async () => {
    const { body } = await hub.register({ slug: 's', url: upstream.url }, { tenant });
    const { version } = body;
    const first = await act('update_server', { slug: 's', version, name: 'a' });
    assert.equal(first.status, 200, first.text);

    const second = await act('update_server', { slug: 's', version, name: 'b' });
    const deletion = await act('delete_server', { slug: 's', version });

    assert.equal(second.status, 412);
    assert.equal(second.body.code, 'precondition_failed');
    assert.equal(deletion.status, 412);
    assert.equal((await rest('GET', '/v1/servers/s')).body.name, 'a');
    assert.equal((await act('delete_server', { slug: 's', version: first.body.version })).status, 204);
  });

  it('says what actions there are to one who asks for another', async () => {
    const answer = await act('drop_tables');

    assert.equal(answer.status, 400);
    assert.equal(answer.body.code, 'invalid_request');
    assert.match(answer.body.issues[0].message, /"list_tools".*"delete_server"/);
  });

  it('refuses the hub as its own upstream', async () => {
    const answer = await act('add_server', { slug: 'loop', url: `${hub.url}/mcp`, force: true });

    assert.equal(answer.body.code, 'address_refused');
  });

  it('makes the same AWS calls as the routes', async () => {
    await hub.register({ slug: 's', url: upstream.url }, { tenant });
    const operationsOf = async (action: string, members: object = {}): Promise<string[]> => {
      hub.awsCalls.splice(0);
      assert.equal((await act(action, members)).status, 200);
      return hub.awsCalls.map(({ operation }) => operation).sort();
    };

    assert.deepEqual(await operationsOf('health'), []);
    assert.deepEqual(await operationsOf('list_tools'), ['Query', 'Query']);
    const call = { name: 's_echo', arguments: { message: 'x' } };
    await act('invoke', call);
    assert.deepEqual(await operationsOf('invoke', call), ['BatchGetItem', 'UpdateItem', 'UpdateItem']);
  });
});
