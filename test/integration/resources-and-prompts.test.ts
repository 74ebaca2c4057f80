import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startEverything } from '../support/upstreams/everything.ts';
import { startModern } from '../support/upstreams/modern.ts';

describe('resources and prompts', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;
  let tenant: string;
  let count = 0;

  before(async () => {
    hub = await startTestHub();
  });
  after(async () => {
    await hub?.close();
  });
  beforeEach(async () => {
    tenant = `tenant-${++count}`;
    upstream = await startModern();
  });
  afterEach(() => upstream.close());

  async function register(slug = 's'): Promise<void> {
    await hub.register({ slug, url: upstream.url }, { tenant });
    upstream.clear();
  }
  const list = (path: string) => hub.call('GET', `/v1/${path}`, { tenant });
  const read = (uri: unknown) => hub.call('POST', '/v1/resources/read', { tenant, body: { uri } });
  const get = (name: string, body: unknown = { arguments: { name: 'Ada' } }) =>
    hub.call('POST', `/v1/prompts/${name}/get`, { tenant, body });

  it('are listed as their servers define them, under the hub’s uris and names', async () => {
    await register();

    assert.deepEqual((await list('resources')).body, {
      resources: [
        {
          uri: 's+sample://greeting',
          name: 'greeting',
          mimeType: 'text/plain',
          hub: { server: 's', uri: 'sample://greeting' },
        },
      ],
      partial: false,
    });
    assert.deepEqual((await list('resource-templates')).body, {
      resourceTemplates: [
        {
          uriTemplate: 's+sample://greeting/{name}',
          name: 'personal greeting',
          hub: { server: 's', uriTemplate: 'sample://greeting/{name}' },
        },
      ],
      partial: false,
    });
    const { prompts } = (await list('prompts')).body;
    assert.equal(prompts[0].name, 's_greet');
    assert.deepEqual(prompts[0].hub, { server: 's', name: 'greet' });
    assert.equal(upstream.requests.length, 0);
  });

  it('are listed of one server or of all, and not of a disabled one', async () => {
    await register('one');
    await register('two');
    const uris = async (query = '') =>
      (await list(`resources${query}`)).body.resources.map(({ uri }: { uri: string }) => uri);

    assert.deepEqual(await uris(), ['one+sample://greeting', 'two+sample://greeting']);
    assert.deepEqual(await uris('?server=two'), ['two+sample://greeting']);
    await hub.call('PATCH', '/v1/servers/one', { tenant, body: { enabled: false } });
    assert.deepEqual(await uris(), ['two+sample://greeting']);
    const refused = await read('one+sample://greeting');
    assert.equal(refused.status, 403);
    assert.equal(refused.body.code, 'server_disabled');
  });

  it('come in pages that lead from one to the next', async () => {
    upstream.offer.resources = Array.from({ length: 7 }, (_, index) => ({ uri: `n:${index}`, name: `n${index}` }));
    await register();
    const seen: string[] = [];
    let query = '?limit=3';
    for (let pages = 0; query !== '' && pages < 5; pages += 1) {
      const { body } = await list(`resources${query}`);
      seen.push(...body.resources.map(({ hub: { uri } }: { hub: { uri: string } }) => uri));
      query = body.nextCursor === undefined ? '' : `?limit=3&cursor=${body.nextCursor}`;
    }

    assert.deepEqual(seen, ['n:0', 'n:1', 'n:2', 'n:3', 'n:4', 'n:5', 'n:6']);
    for (const bad of ['?cursor=nonsense', '?limit=0', '?q=x']) {
      assert.equal((await list(`resources${bad}`)).status, 400, bad);
    }
  });

  it('are not sent again to who has them', async () => {
    await register();
    const first = await list('prompts');
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };

    const again = await hub.call('GET', '/v1/prompts', { tenant, headers });

    assert.equal(again.status, 304);
    assert.equal(again.text, '');
  });

  it('are those of the last sync', async () => {
    await register();
    upstream.offer.resources = [];
    upstream.offer.prompts = [{ name: 'other' }];
    await hub.call('POST', '/v1/servers/s/sync', { tenant, body: {} });

    assert.deepEqual((await list('resources')).body, { resources: [], partial: false });
    assert.deepEqual(
      (await list('prompts')).body.prompts.map(({ name }: { name: string }) => name),
      ['s_other'],
    );
    assert.equal((await get('s_greet')).body.code, 'prompt_not_found');
  });

  it('that no client could use are left out and not counted', async () => {
    upstream.offer.resources.push({ uri: 'no uri', name: 'n' }, { uri: 'sample://greeting', name: 'again' });
    const { body } = await hub.register({ slug: 's', url: upstream.url }, { tenant });

    assert.equal(body.catalog.counts.resources, 1);
    assert.equal((await list('resources')).body.resources.length, 1);
  });

  it('are read and got from their server, with the hub’s uris in the results', async () => {
    await register();

    const resource = await read('s+sample://greeting/Ada');
    assert.equal(resource.status, 200, resource.text);
    assert.deepEqual(resource.body.result.contents, [{ uri: 's+sample://greeting/Ada', text: 'hello', unknown: true }]);
    const prompt = await get('s_greet');
    assert.equal(prompt.status, 200, prompt.text);
    assert.equal(prompt.body.result.messages[0].content.text, 'Greet Ada');
    assert.equal(upstream.requests.length, 2);
  });

  it('of a tool’s result can be read with the next request', async () => {
    await register();
    const { body } = await hub.call('POST', '/v1/tools/s_odd/invoke', { tenant, body: {} });
    const { uri } = body.result.content.find(({ type }: { type: string }) => type === 'resource_link');

    assert.equal(uri, 's+sample://greeting');
    assert.equal((await read(uri)).status, 200);
  });

  it('that there are none of are not found, and the refusal says where to look', async () => {
    await register();

    for (const uri of ['sample://greeting', 's+nothing', 'other+sample://greeting', '']) {
      const answer = await read(uri);
      assert.equal(answer.status, 404, uri);
      assert.equal(answer.body.code, 'resource_not_found');
      assert.match(answer.body.detail, /list the resources/);
    }
    for (const name of ['s_other', 'other_greet', 'greet']) {
      const answer = await get(name);
      assert.equal(answer.status, 404, name);
      assert.equal(answer.body.code, 'prompt_not_found');
    }
    assert.equal(upstream.requests.length, 0);
  });

  it('of the reference server can all be read and got, and what it does not have is not found', async () => {
    const everything = await startEverything('streamableHttp');
    try {
      await hub.register({ slug: 'all', url: everything.url }, { tenant });
      const { resources } = (await list('resources')).body;
      const { prompts } = (await list('prompts')).body;

      assert.ok(resources.length > 0 && prompts.length > 0);
      for (const { uri } of resources) assert.equal((await read(uri)).body.result?.contents[0].uri, uri);
      const simple = prompts.find(({ arguments: args = [] }: { arguments?: [] }) => args.length === 0);
      assert.ok((await get(simple.name, {})).body.result.messages.length > 0);
      const missing = await read('all+demo://no/such/resource');
      assert.equal(missing.status, 404, missing.text);
      assert.deepEqual(missing.body.uri, 'all+demo://no/such/resource');
    } finally {
      await everything.close();
    }
  });

  it('are not asked for with what is no uri or no arguments', async () => {
    await register();

    for (const uri of [undefined, 1, null, ['s+sample://greeting']]) assert.equal((await read(uri)).status, 400);
    for (const body of [
      { arguments: { name: 1 } },
      { arguments: [] },
      { args: {} },
      '{"arguments":{"__proto__":"x"}}',
    ]) {
      assert.equal((await get('s_greet', body)).status, 400);
    }
  });
});
