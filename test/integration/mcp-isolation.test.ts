import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Answer, startTestHub, type TestHub } from '../support/test-hub.ts';
import { startLegacy } from '../support/upstreams/legacy.ts';
import { startModern } from '../support/upstreams/modern.ts';

const MODERN = '2026-07-28';
const ERAS = ['modern', 'legacy'] as const;
type Era = (typeof ERAS)[number];

/** Where a server is registered. All have one name and one version, and no two of them one offer. */
interface Place {
  readonly tenant: string;
  readonly slug: string;
}
const TENANTS = ['acme', 'globex'];
const SLUGS = ['new-a', 'new-b', 'old-a', 'old-b'];
const PLACES: readonly Place[] = TENANTS.flatMap((tenant) => SLUGS.map((slug) => ({ tenant, slug })));
const markerOf = ({ tenant, slug }: Place) => `<${slug} of ${tenant}>`;

/** Each under the same JSON-RPC id; `tells` names the servers of the tenant that the answer must tell of, and no others. */
const REQUESTS: Readonly<Record<string, (slug: string) => Asked>> = {
  'the tools of all servers': () => ({ path: '/mcp', method: 'tools/list', tells: SLUGS }),
  'the prompts of all servers': () => ({ path: '/mcp', method: 'prompts/list', tells: SLUGS }),
  'the tools of one server': (slug) => ({ path: `/servers/${slug}/mcp`, method: 'tools/list', tells: [slug] }),
  'the resources of one server': (slug) => ({ path: `/servers/${slug}/mcp`, method: 'resources/list', tells: [slug] }),
  'a call by the name of the hub': (slug) => ({ ...callOf(`${slug}_large`), path: '/mcp', tells: [slug] }),
  'a call by its own name': (slug) => ({ ...callOf('large'), path: `/servers/${slug}/mcp`, tells: [slug] }),
  'a search': (slug) => ({
    ...callOf('hub_search', { query: 'large', server: slug }),
    path: '/mcp?tools=search',
    tells: [slug],
  }),
};

interface Asked {
  readonly path: string;
  readonly method: string;
  readonly name?: string;
  readonly arguments?: object;
  readonly tells: readonly string[];
}

const callOf = (name: string, args: object = {}) => ({ method: 'tools/call', name, arguments: args });

describe('servers that say the same of themselves, of tenants that ask under the same ids', () => {
  let hub: TestHub;
  const upstreams: Awaited<ReturnType<typeof startModern>>[] = [];

  before(async () => {
    hub = await startTestHub();
    for (const place of PLACES) {
      const upstream = await (place.slug.startsWith('new') ? startModern() : startLegacy());
      upstreams.push(upstream);
      const marker = markerOf(place);
      upstream.offer.largeResult = marker;
      upstream.offer.tools = [{ name: 'large', description: `large ${marker}`, inputSchema: { type: 'object' } }];
      upstream.offer.prompts = [{ name: 'greet', description: marker }];
      upstream.offer.resources = [{ uri: 'sample://greeting', name: marker }];
      await hub.register({ slug: place.slug, url: upstream.url }, { tenant: place.tenant });
    }
  });
  after(async () => {
    await Promise.all([hub?.close(), ...upstreams.map((upstream) => upstream.close())]);
  });

  async function ask(tenant: string, era: Era, { path, tells: _tells, method, ...params }: Asked): Promise<Answer> {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': MODERN,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const headers = {
      'mcp-protocol-version': MODERN,
      'mcp-method': method,
      ...(params.name !== undefined && { 'mcp-name': params.name }),
    };
    const body = { jsonrpc: '2.0', id: 1, method, params: { ...params, ...(era === 'modern' && { _meta }) } };
    return hub.call('POST', path, { tenant, body, ...(era === 'modern' && { headers }) });
  }

  it('are never taken for each other, in whatever order they are asked for what', async () => {
    const request = fc.tuple(
      fc.constantFrom(...PLACES),
      fc.constantFrom(...ERAS),
      fc.constantFrom(...Object.keys(REQUESTS)),
    );
    const requests = fc.array(request, { minLength: 4, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(requests, async (chosen) => {
        await Promise.all(
          chosen.map(async ([{ tenant, slug }, era, name]) => {
            const asked = REQUESTS[name]?.(slug);
            assert.ok(asked !== undefined);

            const { text, body } = await ask(tenant, era, asked);

            assert.ok(body?.result !== undefined, text);
            const told = PLACES.filter((place) => text.includes(markerOf(place)));
            const expected = PLACES.filter((place) => place.tenant === tenant && asked.tells.includes(place.slug));
            assert.deepEqual(told, expected, `${name} of ${slug} of ${tenant}, ${era}`);
          }),
        );
      }),
      { numRuns: 25 },
    );
  });
});
