import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeItem } from '../../../lambdas/adapters/dynamo/catalog-codec.ts';
import { assembleOffers } from '../../../lambdas/adapters/dynamo/offer-items.ts';

const NOW = 1_000_000;

/** The items of one commit, each with one resource that tells of which. */
const commit = (commitId: string, chunks: number, slug = 'srv') =>
  Array.from({ length: chunks }, (_, index) => ({
    sk: `RESOURCES#${slug}#0${index}`,
    serverId: `id-of-${slug}`,
    commitId,
    chunks,
    expiresAt: NOW / 1000 + 1,
    data: encodeItem([{ uri: `${commitId}:${index}` }]),
  }));

const read = (items: readonly Record<string, unknown>[]) => {
  const { offers, torn } = assembleOffers('resources', items, NOW);
  return { torn, offers: offers.map(({ slug, definitions }) => [slug, definitions.map(({ uri }) => uri)]) };
};

describe('the items of what servers offer', () => {
  it('become one list per server, in their order', () => {
    const { offers } = assembleOffers('resources', [...commit('a', 2), ...commit('b', 1, 'two')], NOW);

    assert.deepEqual(offers, [
      { slug: 'srv', serverId: 'id-of-srv', definitions: [{ uri: 'a:0' }, { uri: 'a:1' }] },
      { slug: 'two', serverId: 'id-of-two', definitions: [{ uri: 'b:0' }] },
    ]);
  });

  const torn = [
    ['its first item of another commit', [...commit('a', 2).slice(0, 1), ...commit('b', 3).slice(1)]],
    ['its last item of another commit', [...commit('b', 2).slice(0, 1), ...commit('a', 2).slice(1)]],
    ['an item missing at the end', commit('a', 3).slice(0, 2)],
    ['an item missing at the start', commit('a', 3).slice(1)],
  ] as const;
  for (const [what, items] of torn) {
    it(`are torn with ${what}`, () => {
      assert.deepEqual(read([...items, ...commit('c', 1, 'two')]), { torn: true, offers: [['two', ['c:0']]] });
    });
  }

  it('are whole although an older commit left something behind', () => {
    assert.deepEqual(read([...commit('b', 2), ...commit('a', 3).slice(2)]), {
      torn: false,
      offers: [['srv', ['b:0', 'b:1']]],
    });
  });

  it('are absent when they have expired, or do not tell how many they are', () => {
    const expired = commit('a', 1).map((item) => ({ ...item, expiresAt: NOW / 1000 }));
    const old = commit('a', 1, 'two').map(({ chunks, ...item }) => item);

    assert.deepEqual(read([...expired, ...old]), { torn: false, offers: [] });
  });
});
