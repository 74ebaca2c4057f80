import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import type { JsonObject } from '../../lambdas/hub/json.ts';
import { Secret } from '../../lambdas/hub/secret.ts';
import { MAPS } from '../../lambdas/hub/system/maps.ts';
import type { UpstreamTarget } from '../../lambdas/hub/upstreams/upstream.ts';
import { MAPS_CALLS } from '../support/upstreams/maps-calls.ts';
import { MAPS_RESULTS } from '../support/upstreams/maps-results.ts';
import { type MapsEra, startMapsServer } from '../support/upstreams/maps-server.ts';
import { startRecordingServer } from '../support/upstreams/recording-server.ts';
import {
  contextOf,
  failure,
  rememberingUpstreamFor,
  resultOf,
  secretOf,
  targetOf,
} from '../support/upstreams/upstream-under-test.ts';

const KEY = 'canary-7f3a9b-maps-key';

for (const era of ['modern', 'legacy'] as const) {
  describe(`maps, of a server of the ${era} era`, () => {
    for (const [name, args] of MAPS_CALLS) {
      it(`${name} takes ${JSON.stringify(args).slice(0, 60)} and answers with the server's own result`, async (t) => {
        const { call } = await maps(t, era);

        const { structuredContent, content } = await resultOf(call(name, args));

        assert.deepEqual(structuredContent, MAPS_RESULTS[name]);
        assert.deepEqual(content, [{ type: 'text', text: JSON.stringify(MAPS_RESULTS[name]) }]);
      });
    }

    it('every request carries the key in its header, and no other credential', async (t) => {
      const { server, call } = await maps(t, era);

      for (const [name, args] of MAPS_CALLS) await call(name, args);

      assert.ok(server.requests.length >= MAPS_CALLS.length);
      for (const { headers } of server.requests) {
        assert.equal(headers['x-goog-api-key'], KEY);
        assert.equal(headers.authorization, undefined);
      }
    });

    it('a warm environment asks once for each call', async (t) => {
      const { server, call } = await maps(t, era);
      await call('resolve_maps_urls', { urls: ['https://maps.app.goo.gl/a'] });
      server.clear();

      for (const [name, args] of MAPS_CALLS) await call(name, args);

      assert.deepEqual(
        server.methods(),
        MAPS_CALLS.map(() => 'tools/call'),
      );
    });

    it('arguments that the server refuses are its own error, and the key is not in it', async (t) => {
      const { call } = await maps(t, era);

      const error = await failure(call('search_places', { text_query: 'museums' }), 'upstream_error');

      assert.equal(error.details['jsonRpcCode'], -32_602);
      assertDiscreet(error);
    });

    it('without a key a call is unauthorized', async (t) => {
      const { call } = await maps(t, era, { secret: undefined });

      const error = await failure(call('resolve_maps_urls', { urls: [] }), 'upstream_unauthorized');

      assert.equal(error.details['outcome'], undefined);
    });

    it('with a key that is not valid a call is unauthorized, also where the server says 400', async (t) => {
      const { server, call } = await maps(t, era);
      const credential = { type: 'header', name: 'X-Goog-Api-Key', value: `${KEY}-of-another` } as const;
      const settings = { secret: secretOf(server.origin, { credential }) };

      const error = await failure(call('resolve_maps_urls', { urls: [] }, settings), 'upstream_unauthorized');

      assert.deepEqual(error.details, {});
      assertDiscreet(error);
    });

    it('a key that is withdrawn between two calls is noticed', async (t) => {
      const { server, call } = await maps(t, era);
      await call('resolve_maps_urls', { urls: [] });
      const credential = { type: 'header', name: 'X-Goog-Api-Key', value: 'withdrawn' } as const;

      const error = await failure(
        call('resolve_maps_urls', { urls: [] }, { secret: secretOf(server.origin, { credential }) }),
        'upstream_unauthorized',
      );

      assert.deepEqual(error.details, {});
    });

    it('a quota that is used up is a limit of the rate, and is asked for once', async (t) => {
      const { server, call } = await maps(t, era);
      await call('resolve_maps_urls', { urls: [] });
      server.exhaust();
      server.clear();

      const error = await failure(call('resolve_maps_urls', { urls: [] }), 'upstream_rate_limited');

      assert.deepEqual(error.details, {});
      assert.deepEqual(server.methods(), ['tools/call']);
    });

    it('a key of another address is not sent', async (t) => {
      const { server, call } = await maps(t, era);
      const credential = { type: 'header', name: 'X-Goog-Api-Key', value: KEY } as const;
      const secret = secretOf('https://mapstools.googleapis.com', { credential });

      await failure(call('resolve_maps_urls', { urls: [] }, { secret }), 'credential_required');

      assert.deepEqual(server.requests, []);
    });
  });
}

it('the key does not follow a redirect', async (t) => {
  const trap = await startRecordingServer((_request, response) => response.end('{}'));
  const server = await startRecordingServer((_request, response) =>
    response.writeHead(307, { location: trap.origin }).end(),
  );
  t.after(() => Promise.all([trap.close(), server.close()]));
  const upstream = rememberingUpstreamFor(t);
  const [tool] = MAPS.tools;
  assert.ok(tool !== undefined);
  const target = targetOf(server.origin, { secret: keyFor(server.origin) });

  const call = { name: tool.definition.name, arguments: {}, definition: tool.definition };
  const error = await failure(upstream.callTool(target, call, contextOf()), 'upstream_redirected');

  assert.deepEqual(trap.requests, []);
  assertDiscreet(error);
});

function keyFor(origin: string): UpstreamTarget['secret'] {
  const { credential } = MAPS;
  assert.ok(credential.type === 'header');
  return new Secret({ origin, headers: {}, credential: { ...credential, value: KEY } });
}

async function maps(t: TestContext, era: MapsEra, settings: Partial<UpstreamTarget> = {}) {
  const server = await startMapsServer({ era, key: KEY });
  t.after(() => server.close());
  const upstream = rememberingUpstreamFor(t);
  const target = targetOf(server.url, { slug: MAPS.slug, secret: keyFor(server.origin), ...settings });
  const call = (name: string, args: JsonObject, changes: Partial<UpstreamTarget> = {}) => {
    const tool = MAPS.tools.find(({ definition }) => definition.name === name);
    assert.ok(tool !== undefined);
    return upstream.callTool(
      { ...target, ...changes },
      { name, arguments: args, definition: tool.definition },
      contextOf(),
    );
  };
  return { server, call };
}

function assertDiscreet(outcome: unknown): void {
  assert.doesNotMatch(inspect(outcome, { depth: 20, showHidden: true }), /canary-7f3a9b/);
}
