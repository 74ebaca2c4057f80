import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallReader } from '../../../lambdas/hub/calls/call-reader.ts';
import { createFetchPrompt } from '../../../lambdas/hub/calls/fetch-prompt.ts';
import { createFetchResource } from '../../../lambdas/hub/calls/fetch-resource.ts';
import type { CatalogHead, OfferKind, ServerOffers } from '../../../lambdas/hub/catalog/catalog.ts';
import type { CatalogStore } from '../../../lambdas/hub/catalog/catalog-store.ts';
import { exposedName } from '../../../lambdas/hub/catalog/exposed-name.ts';
import { HubError, type HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import type { Server } from '../../../lambdas/hub/servers/server.ts';
import type { Definition, Upstream, UpstreamAnswer } from '../../../lambdas/hub/upstreams/upstream.ts';
import { CLOSED } from '../../../lambdas/hub/upstreams/circuit.ts';
import { sampleServer } from '../../support/sample-server.ts';

const { tenantId } = sampleServer('srv');
const context = { deadline: { at: 1, signal: new AbortController().signal }, via: [] };
const HEAD: CatalogHead = {
  slug: 'srv',
  serverId: 'id-of-srv',
  revision: 1,
  negotiated: { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' },
  features: { completions: true, logging: false },
  serverInfo: undefined,
  instructions: undefined,
  counts: { tools: 0, quarantined: 0, resources: 0, resourceTemplates: 0, prompts: 0 },
  rejected: [],
  syncedAt: 1,
};

const NOTHING: UpstreamAnswer = { kind: 'complete', result: {} };

interface World {
  readonly server?: Server;
  readonly head?: CatalogHead | undefined;
  /** Undefined when nothing of them is stored. */
  readonly prompts?: readonly Definition[] | undefined;
  /** What the server answers, or why it does not. */
  readonly answer?: UpstreamAnswer | HubError;
}

/** Both ways to ask in a world with one server, and what that server was asked. */
function asking(world: World) {
  const defaults = { server: sampleServer('srv'), head: HEAD, prompts: [], answer: NOTHING };
  const { server, head, prompts, answer } = { ...defaults, ...world };
  const asked: unknown[] = [];
  const settle = async (request: unknown) => {
    asked.push(request);
    if (answer instanceof HubError) throw answer;
    return answer;
  };
  const { slug, serverId } = server;
  const offers: { readonly [K in OfferKind]?: readonly ServerOffers<K>[] } =
    prompts === undefined ? {} : { prompts: [{ slug, serverId, definitions: prompts }] };
  const readOffers: CatalogStore['readOffers'] = async (_tenant, kind) => offers[kind] ?? [];
  const none = () => Promise.reject(new Error('not asked for here'));
  const upstream: Upstream = {
    callTool: none,
    complete: none,
    getTask: none,
    updateTask: none,
    cancelTask: none,
    readResource: (_target, uri) => settle(uri),
    getPrompt: (_target, prompt) => settle(prompt),
  };
  const calls: Pick<CallReader, 'readServer'> = {
    readServer: async (_tenant, of) =>
      of === slug ? { server, head, circuit: CLOSED } : { server: undefined, head: undefined, circuit: CLOSED },
  };
  const box = { seal: none, open: none };
  const dependencies = { calls, catalog: { readOffers }, box, upstream };
  const fetchResource = createFetchResource(dependencies);
  const fetchPrompt = createFetchPrompt(dependencies);
  return {
    asked,
    read: (uri: string) => fetchResource(tenantId, uri, context),
    get: (name: string) => fetchPrompt(tenantId, name, { a: '1' }, context),
  };
}

const refusedAs = (code: HubErrorCode) => (error: unknown) => error instanceof HubError && error.code === code;

describe('asking for a resource', () => {
  it('asks its server by its own uri, and answers with exposed ones', async () => {
    const result = { contents: [{ uri: 'x://1', text: 't' }] };
    const { read, asked } = asking({ answer: { kind: 'complete', result } });

    assert.deepEqual(await read('srv+x://1'), { contents: [{ uri: 'srv+x://1', text: 't' }] });
    assert.deepEqual(asked, ['x://1']);
  });

  for (const uri of ['x://1', 'other+x://1', 'srv+x', '', '../srv']) {
    it(`is not found by ${JSON.stringify(uri)}, and asks nobody`, async () => {
      const { read, asked } = asking({});

      await assert.rejects(read(uri), refusedAs('resource_not_found'));
      assert.deepEqual(asked, []);
    });
  }

  for (const jsonRpcCode of [-32002, -32602]) {
    it(`is not found when its server answers ${jsonRpcCode}`, async () => {
      const details = { jsonRpcCode, jsonRpcMessage: 'nothing here' };
      const { read } = asking({ answer: new HubError('upstream_error', 'the server answered an error', { details }) });

      await assert.rejects(read('srv+x://1'), (error) => {
        assert.ok(error instanceof HubError);
        assert.equal(error.code, 'resource_not_found');
        assert.deepEqual(error.details, { ...details, uri: 'srv+x://1' });
        return true;
      });
    });
  }

  it('fails as its server fails', async () => {
    const details = { jsonRpcCode: -32603, jsonRpcMessage: 'broken' };
    const { read } = asking({ answer: new HubError('upstream_error', 'the server answered an error', { details }) });

    await assert.rejects(read('srv+x://1'), refusedAs('upstream_error'));
  });

  it('of a server that wants an interaction is refused', async () => {
    const { read } = asking({ answer: { kind: 'input_required', inputRequests: {}, requestState: undefined } });

    await assert.rejects(read('srv+x://1'), refusedAs('capability_required'));
  });
});

describe('asking for a prompt', () => {
  const odd = 'a name with spaces that is longer than what the providers of models take for one';

  for (const name of ['greet', odd]) {
    it(`asks its server by its own name: ${name}`, async () => {
      const content = { type: 'resource_link', uri: 'x://1' };
      const result = { messages: [{ role: 'user', content }] };
      const { get, asked } = asking({ prompts: [{ name: 'p' }, { name }], answer: { kind: 'complete', result } });

      assert.deepEqual(await get(exposedName('srv', name)), {
        messages: [{ role: 'user', content: { ...content, uri: 'srv+x://1' } }],
      });
      assert.deepEqual(asked, [{ name, arguments: { a: '1' } }]);
    });
  }

  for (const name of ['greet', 'srv_other', 'other_greet', '_greet', `srv_${odd}`]) {
    it(`is not found by ${name}, and asks nobody`, async () => {
      const { get, asked } = asking({ prompts: [{ name: 'greet' }, { name: odd }] });

      await assert.rejects(get(name), refusedAs('prompt_not_found'));
      assert.deepEqual(asked, []);
    });
  }
});

describe('asking for anything', () => {
  const refusals: readonly [HubErrorCode, string, World][] = [
    ['server_disabled', 'is disabled', { server: sampleServer('srv', { enabled: false }) }],
    ['server_not_synced', 'is not known yet', { head: undefined }],
  ];
  for (const [code, what, world] of refusals) {
    it(`of a server that ${what} is refused`, async () => {
      const { read, get, asked } = asking({ prompts: [{ name: 'greet' }], ...world });

      await assert.rejects(read('srv+x://1'), refusedAs(code));
      await assert.rejects(get('srv_greet'), refusedAs(code));
      assert.deepEqual(asked, []);
    });
  }

  it('of a server whose prompts are not known is refused', async () => {
    await assert.rejects(asking({ prompts: undefined }).get('srv_greet'), refusedAs('server_not_synced'));
  });
});
