import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createRestUpstream } from '../../lambdas/adapters/upstreams/rest/rest-upstream.ts';
import type { JsonObject } from '../../lambdas/hub/json.ts';
import { BRAVE } from '../../lambdas/hub/system/brave.ts';
import { egressFor } from '../support/egress.ts';
import { startBraveApi } from '../support/upstreams/brave/brave-api.ts';
import { SAMPLE_ANSWERS } from '../support/upstreams/brave/sample-answers.ts';
import { callOf, contextOf, HUB_ID, resultOf, secretOf, targetOf } from '../support/upstreams/upstream-under-test.ts';

const KEY = 'key-1';

const AREA = {
  'x-loc-lat': 37.7749,
  'x-loc-long': -122.4194,
  'x-loc-city': 'San Francisco',
  'x-loc-state': 'CA',
  'x-loc-state-name': 'California',
  'x-loc-country': 'US',
  'x-loc-postal-code': '94105',
};
const PAGED = {
  q: 'trees & "wire" é',
  country: 'ALL',
  search_lang: 'pt-br',
  ui_lang: 'pt-BR',
  count: 20,
  offset: 9,
  safesearch: 'off',
  freshness: '2026-01-01to2026-01-31',
  operators: false,
  include_fetch_metadata: true,
  spellcheck: false,
};
const GOGGLES = ['https://goggles.example/a.goggle', '$discard\n$site=docs.rs'];

/** Each tool with everything that it takes. */
const EVERYTHING: Readonly<Record<string, JsonObject>> = {
  web_search: {
    ...PAGED,
    ...AREA,
    'x-loc-timezone': 'America/Los_Angeles',
    text_decorations: false,
    result_filter: 'web,locations',
    goggles: GOGGLES,
    units: 'imperial',
    extra_snippets: true,
    enable_rich_callback: true,
  },
  llm_context: {
    ...AREA,
    q: 'trees',
    country: 'DE',
    search_lang: 'de',
    count: 50,
    maximum_number_of_urls: 1,
    maximum_number_of_tokens: 1024,
    maximum_number_of_snippets: 100,
    maximum_number_of_tokens_per_url: 8192,
    maximum_number_of_snippets_per_url: 1,
    context_threshold_mode: 'strict',
    enable_local: true,
    freshness: 'pw',
    goggles: '$discard',
  },
  news_search: { ...PAGED, count: 50, extra_snippets: true, goggles: GOGGLES },
  image_search: { q: 'trees', search_lang: 'jp', country: 'JP', safesearch: 'off', count: 200, spellcheck: true },
  video_search: { ...PAGED, count: 50 },
  place_search: {
    q: 'coffee',
    latitude: 37.7749,
    longitude: -122.4194,
    location: 'san francisco ca united states',
    radius: 1000.5,
    count: 50,
    country: 'US',
    search_lang: 'en',
    ui_lang: 'es-US',
    units: 'metric',
    safesearch: 'moderate',
    spellcheck: false,
    geoloc: 'token',
  },
  place_details: {
    ids: ['loc4CQWM=', 'loc4HTAV='],
    search_lang: 'en',
    ui_lang: 'en-US',
    units: 'metric',
    'x-loc-lat': 0,
    'x-loc-long': -0.5,
  },
  place_descriptions: { ids: Array.from({ length: 20 }, (_, i) => `loc${i}=`) },
  answers: {
    messages: [{ role: 'user', content: 'What is the second highest mountain?' }],
    model: 'brave',
    country: 'us',
    language: 'en',
    safesearch: 'strict',
    max_completion_tokens: 500,
    web_search_options: { search_context_size: 'low' },
  },
  rich_data: { callback_key: '86d06abffc884e9ea281a40f62e0a5a6' },
  suggest: { q: 'albert', lang: 'en-gb', country: 'GB', count: 20, rich: true },
  spellcheck: { q: 'artifical', lang: 'en', country: 'US' },
};

async function setUp(t: TestContext) {
  const api = await startBraveApi(t, KEY);
  const upstream = createRestUpstream({ egress: egressFor(t), hubId: HUB_ID, now: Date.now, servers: [BRAVE] });
  const credential = { type: 'header', name: 'X-Subscription-Token', value: KEY } as const;
  const secret = secretOf(api.origin, { credential });
  const target = targetOf(api.origin, { slug: 'brave', adapter: 'rest', secret });
  return {
    api,
    call: (name: string, args: JsonObject) => resultOf(upstream.callTool(target, callOf(name, args), contextOf())),
  };
}

describe('the API of Brave Search', () => {
  for (const { definition } of BRAVE.tools) {
    const { name, inputSchema } = definition;
    it(`takes all that ${name} takes, and its answer is the structured content`, async (t) => {
      const { api, call } = await setUp(t);
      const args = EVERYTHING[name] ?? {};

      const { structuredContent, isError, content } = await call(name, args);

      assert.equal(isError, undefined, JSON.stringify(content));
      const path = new URL(api.requests[0]?.path ?? '', api.origin).pathname;
      assert.deepEqual(structuredContent, SAMPLE_ANSWERS[path]);
      const parameters = Object.keys((inputSchema as JsonObject)['properties'] as JsonObject);
      assert.deepEqual(Object.keys(args).toSorted(), parameters.toSorted());
    });
  }

  it('gets no parameter that was not given, so that its own defaults hold', async (t) => {
    const { api, call } = await setUp(t);

    await call('web_search', { q: 'trees' });
    await call('place_search', {});

    assert.deepEqual(
      api.requests.map(({ path }) => path),
      ['/res/v1/web/search?q=trees', '/res/v1/local/place_search'],
    );
  });

  it('gets lists by repeated parameters and the place of the person in headers', async (t) => {
    const { api, call } = await setUp(t);

    await call('place_details', { ids: ['a=', 'b'], 'x-loc-lat': 1.5 });

    const [request] = api.requests;
    assert.equal(request?.path, '/res/v1/local/pois?ids=a%3D&ids=b');
    assert.equal(request?.headers['x-loc-lat'], '1.5');
  });

  it('gets as JSON what is too long for a URL', async (t) => {
    const { api, call } = await setUp(t);
    const args = { q: '木'.repeat(400), count: 3, goggles: GOGGLES, spellcheck: false, 'x-loc-country': 'JP' };

    const { isError } = await call('web_search', args);

    const [request] = api.requests;
    const { 'x-loc-country': country, ...body } = args;
    assert.equal(isError, undefined);
    assert.deepEqual(
      {
        method: request?.httpMethod,
        path: request?.path,
        body: request?.body,
        country: request?.headers['x-loc-country'],
      },
      { method: 'POST', path: '/res/v1/web/search', body, country },
    );
  });

  it('is not sent what is too long for a URL where it takes nothing else', async (t) => {
    const { api, call } = await setUp(t);

    const { isError, content } = await call('image_search', { q: '木'.repeat(400) });

    assert.equal(isError, true);
    assert.match(JSON.stringify(content), /too long together/);
    assert.deepEqual(api.requests, []);
  });
});
