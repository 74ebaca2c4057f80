import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { type DyingServer, startDying, startMortal } from '../support/upstreams/dying.ts';
import { type ChildServer, startEverything } from '../support/upstreams/everything.ts';
import { type Behaviour, type HostileServer, startHostile } from '../support/upstreams/hostile.ts';

let hub: TestHub;
before(async () => {
  hub = await startTestHub();
});
after(() => hub?.close());

const invoke = (name: string, args: Record<string, unknown> = {}) =>
  hub.call('POST', `/v1/tools/${name}/invoke`, { body: { arguments: args } });

for (const [mode, slug, transport] of [
  ['streamableHttp', 'everything', 'streamable-http'],
  ['sse', 'everything-sse', 'sse'],
] as const) {
  describe(`the reference server "everything" over ${transport}`, () => {
    let server: ChildServer;
    before(async () => {
      server = await startEverything(mode);
    });
    after(() => server?.close());

    it('is registered, found out and filled into the catalog', async () => {
      const { body } = await hub.register({ slug, url: server.url });

      assert.equal(body.catalog.era, 'legacy');
      assert.equal(body.catalog.transport, transport);
      assert.ok(body.catalog.counts.tools >= 8);
      assert.ok(body.catalog.counts.resources > 0);
      assert.ok(body.catalog.counts.prompts > 0);
      assert.deepEqual(body.catalog.rejected, []);
    });

    it('shows its tools under its slug', async () => {
      const { body } = await hub.call('GET', `/v1/tools?server=${slug}`);
      const names = body.tools.map(({ name }: { name: string }) => name);

      assert.ok(names.includes(`${slug}_echo`));
      assert.ok(names.every((name: string) => name.startsWith(`${slug}_`)));
    });

    it('echoes, adds, and gives an image', async () => {
      assert.match((await invoke(`${slug}_echo`, { message: 'hello' })).body.result.content[0].text, /hello/);
      assert.match((await invoke(`${slug}_get-sum`, { a: 2, b: 40 })).body.result.content[0].text, /42/);
      const image = (await invoke(`${slug}_get-tiny-image`)).body.result.content;
      assert.ok(image.some(({ type }: { type: string }) => type === 'image'));
    });

    it('gives structured content', async () => {
      const { body } = await invoke(`${slug}_get-structured-content`, { location: 'New York' });

      assert.equal(typeof body.result.structuredContent.temperature, 'number');
    });

    it('answers a wrong argument with its own words', async () => {
      const { status, text } = await invoke(`${slug}_get-sum`, { a: 'two' });

      assert.ok(status === 200 || status === 502);
      assert.match(text, /invalid|expected|number/i);
    });
  });
}

describe('a hostile upstream', () => {
  let hostile: HostileServer;
  before(async () => {
    hostile = await startHostile();
  });
  after(() => hostile?.close());

  const atRegistration: [Behaviour, string][] = [
    ['malformed', 'upstream_not_mcp'],
    ['not-json-rpc', 'upstream_not_mcp'],
    ['html', 'upstream_not_mcp'],
    ['html-as-json', 'upstream_not_mcp'],
    ['huge', 'upstream_response_too_large'],
    ['gzip-bomb', 'upstream_response_too_large'],
    ['redirect-301', 'upstream_redirected'],
    ['redirect-302', 'upstream_redirected'],
    ['redirect-303', 'upstream_redirected'],
    ['redirect-307', 'upstream_redirected'],
    ['redirect-308', 'upstream_redirected'],
    ['redirect-metadata', 'upstream_redirected'],
    ['unauthorized', 'upstream_unauthorized'],
    ['forbidden', 'upstream_unauthorized'],
    ['sse-elsewhere', 'upstream_not_mcp'],
  ];
  for (const [behaviour, code] of atRegistration) {
    it(`that does "${behaviour}" is refused as ${code}, and leads nowhere else`, async () => {
      const body = { slug: 'hostile', url: hostile.urlOf(behaviour), credential: { type: 'bearer', token: 'bait' } };

      const answer = await hub.call('POST', '/v1/servers', { body });

      assert.equal(answer.body.code, code, answer.text);
      assert.deepEqual(hostile.trap.requests, []);
      assert.ok(!answer.text.includes('bait'));
    });
  }

  const atCall: [Behaviour, string][] = [
    ['malformed', 'upstream_not_mcp'],
    ['huge', 'upstream_response_too_large'],
    ['gzip-bomb', 'upstream_response_too_large'],
    ['event-flood', 'upstream_response_too_large'],
    ['html', 'upstream_not_mcp'],
    ['redirect-302', 'upstream_redirected'],
    ['unauthorized', 'upstream_unauthorized'],
    ['server-error', 'upstream_error'],
    ['input-required', 'capability_required'],
  ];
  for (const [behaviour, code] of atCall) {
    it(`that does "${behaviour}" when it is called is refused as ${code}`, async () => {
      const slug = `call-${behaviour}`.slice(0, 24);
      await hub.register({ slug, url: hostile.urlOfCall(behaviour), credential: { type: 'bearer', token: 'bait' } });

      const answer = await invoke(`${slug}_act`);

      assert.equal(answer.body.code, code, answer.text);
      assert.deepEqual(hostile.trap.requests, []);
      assert.ok(!answer.text.includes('bait'));
    });
  }

  it('that never answers, answers another id, or drips ends at the deadline', async () => {
    const slow: Behaviour[] = ['silent', 'wrong-id', 'drip'];
    const startedAt = Date.now();
    const answers = await Promise.all(
      slow.map((behaviour) =>
        hub.call('POST', '/v1/servers', { body: { slug: behaviour, url: hostile.urlOf(behaviour) } }),
      ),
    );

    for (const answer of answers) {
      assert.ok(['upstream_timeout', 'upstream_not_mcp'].includes(answer.body.code), answer.text);
    }
    assert.ok(Date.now() - startedAt < 29_000);
  });

  it('leaves the hub well', async () => {
    assert.equal((await hub.call('GET', '/v1/tools')).status, 200);
  });
});

describe('an upstream that dies while it works', () => {
  let dying: DyingServer;
  before(async () => {
    dying = await startDying();
  });
  after(() => dying?.close());

  for (const death of ['before-answer', 'mid-body', 'mid-events'] as const) {
    it(`(${death}) is called once, and the caller learns that the outcome is unknown`, async () => {
      await hub.register({ slug: death, url: dying.urlOf(death) });
      dying.clear();

      const { status, body } = await invoke(`${death}_act`);

      assert.equal(status, 502);
      assert.equal(body.code, 'upstream_error');
      assert.equal(body.outcome, 'unknown');
      assert.equal(dying.count('tools/call'), 1);
    });
  }

  it('as a process is unreachable afterwards', async () => {
    const mortal = await startMortal();
    try {
      await hub.register({ slug: 'mortal', url: mortal.url });
      assert.equal((await invoke('mortal_act')).body.outcome, 'unknown');

      assert.equal((await invoke('mortal_act')).body.code, 'upstream_unreachable');
    } finally {
      await mortal.close();
    }
  });
});
