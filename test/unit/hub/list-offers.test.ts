import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OfferDefinition, OfferKind, ServerOffers } from '../../../lambdas/hub/catalog/catalog.ts';
import type { CatalogStore } from '../../../lambdas/hub/catalog/catalog-store.ts';
import { createListPrompts } from '../../../lambdas/hub/catalog/list-prompts.ts';
import { createListResources, createListResourceTemplates } from '../../../lambdas/hub/catalog/list-resources.ts';
import { INITIAL_PERMISSIONS } from '../../../lambdas/hub/catalog/permissions.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { Server } from '../../../lambdas/hub/servers/server.ts';
import { sampleServer } from '../../support/sample-server.ts';

const { tenantId } = sampleServer('a');

type Offers = { readonly [K in OfferKind]?: readonly ServerOffers<K>[] };

/** The lists over these servers and what is stored of them. */
function lists(servers: readonly Server[], offers: Offers) {
  const readOffers: CatalogStore['readOffers'] = async (_tenant, kind, slug) =>
    (offers[kind] ?? []).filter((of) => (slug ?? of.slug) === of.slug);
  const config = { read: async () => ({ servers, permissions: INITIAL_PERMISSIONS }) };
  const dependencies = { config, catalog: { readOffers } };
  return {
    resources: createListResources(dependencies),
    templates: createListResourceTemplates(dependencies),
    prompts: createListPrompts(dependencies),
  };
}

const offered = <K extends OfferKind>(slug: string, definitions: readonly OfferDefinition<K>[]): ServerOffers<K> => ({
  slug,
  serverId: `id-of-${slug}`,
  definitions,
});
const resources = (slug: string, ...uris: string[]) =>
  offered<'resources'>(
    slug,
    uris.map((uri) => ({ uri, name: uri })),
  );

describe('a list of what servers offer', () => {
  it('names things of all servers as the hub does, with the definitions as they are', async () => {
    const template = { uriTemplate: 'x://{id}', name: 't', _meta: { odd: true } };
    const {
      resources: list,
      templates,
      prompts,
    } = lists([sampleServer('a'), sampleServer('b')], {
      resources: [resources('b', 'x://1'), resources('a', 'ui://v', 'x://1')],
      resourceTemplates: [offered<'resourceTemplates'>('a', [template])],
      prompts: [offered<'prompts'>('b', [{ name: 'greet' }, { name: 'with a space' }])],
    });

    const exposed = (page: Awaited<ReturnType<typeof list>>) => page.items.map((item) => item.exposed);
    assert.deepEqual(exposed(await list(tenantId, { limit: 10 })), ['a+x://1', 'b+x://1', 'ui://a/v']);
    const [first] = (await templates(tenantId, { limit: 10 })).items;
    assert.deepEqual(first, { server: sampleServer('a'), definition: template, exposed: 'a+x://{id}' });
    const names = exposed(await prompts(tenantId, { limit: 10 }));
    assert.equal(names[0], 'b_greet');
    assert.match(names[1] ?? '', /^b_with_a_space-[0-9a-f]{8}$/);
  });

  it('shows only servers that are enabled, and what is their own', async () => {
    const renewed = sampleServer('c', { serverId: 'another' });
    const { resources: list } = lists([sampleServer('a'), sampleServer('b', { enabled: false }), renewed], {
      resources: [resources('a', 'x:1'), resources('b', 'x:1'), resources('c', 'x:1')],
    });

    const page = await list(tenantId, { limit: 10 });

    assert.deepEqual(
      page.items.map(({ exposed }) => exposed),
      ['a+x:1'],
    );
  });

  it('tells which servers are missing and why, and that offering nothing is not missing', async () => {
    const failed = sampleServer('b', { lastSync: { state: 'failed', at: 1, code: 'upstream_timeout', failures: 1 } });
    const never = sampleServer('c', { lastSync: { state: 'never' } });
    const { resources: list } = lists([sampleServer('a'), failed, never], { resources: [resources('a')] });

    assert.deepEqual(await list(tenantId, { limit: 10 }), {
      items: [],
      nextCursor: undefined,
      missing: [
        { server: 'b', reason: 'upstream_timeout' },
        { server: 'c', reason: 'server_not_synced' },
      ],
    });
    assert.deepEqual((await list(tenantId, { limit: 10, server: 'a' })).missing, []);
  });

  it('comes in pages that together are the whole, each thing once', async () => {
    const uris = Array.from({ length: 25 }, (_, index) => `x://${index}/${'ü'.repeat(index * 10)}`);
    const { resources: list } = lists([sampleServer('a'), sampleServer('b')], {
      resources: [resources('b', ...uris), resources('a', ...uris)],
    });

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(tenantId, { limit: 7, cursor });
      assert.ok(page.items.length <= 7);
      seen.push(...page.items.map(({ exposed }) => exposed));
      cursor = page.nextCursor;
    } while (cursor !== undefined);

    assert.deepEqual(seen, ['a', 'b'].flatMap((slug) => uris.map((uri) => `${slug}+${uri}`)).sort());
  });

  it('ends a page early when it grows too large for an answer', async () => {
    const large = Array.from({ length: 100 }, (_, index) => ({
      uri: `x:${index}`,
      name: 'n',
      description: 'd'.repeat(60_000),
    }));
    const { resources: list } = lists([sampleServer('a')], { resources: [offered<'resources'>('a', large)] });

    const page = await list(tenantId, { limit: 100 });

    assert.ok(page.items.length < 50 && page.items.length > 20);
    assert.notEqual(page.nextCursor, undefined);
  });

  it('refuses a cursor that it did not give', async () => {
    const { resources: list, prompts } = lists([], {});
    const isRefusal = (error: unknown) => error instanceof HubError && error.code === 'invalid_request';
    const encoded = (text: string) => Buffer.from(text).toString('base64url');

    for (const cursor of ['', '!', encoded('x'), encoded('a_tool'), `${encoded('a+x:1')}=`]) {
      await assert.rejects(list(tenantId, { limit: 1, cursor }), isRefusal, cursor);
    }
    await assert.rejects(prompts(tenantId, { limit: 1, cursor: encoded('a+x:1') }), isRefusal);
  });
});
