import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSearchTools, type ToolSearch } from '../../../lambdas/hub/catalog/search-tools.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import type { Definition } from '../../../lambdas/hub/upstreams/upstream.ts';
import { inMemoryStores, type TenantSetup } from '../../support/mcp/in-memory-stores.ts';

const acme = tenantIdSchema.parse('acme');

const tool = (name: string, description = 'does something', title?: string): Definition => ({
  name,
  description,
  inputSchema: { type: 'object' },
  ...(title !== undefined && { title }),
});

/** The names of what is found, the best first. */
async function found(setup: TenantSetup, query: string, more: Partial<ToolSearch> = {}): Promise<readonly string[]> {
  const search = createSearchTools(inMemoryStores({ acme: setup }));
  return (await search(acme, { query, limit: 10, ...more })).map((each) => each.tool.exposedName);
}

const oneServer = (...tools: Definition[]): TenantSetup => ({ servers: [{ slug: 'srv', tools }] });

describe('the search for tools', () => {
  it('ranks a word in the name before the same word in a description', async () => {
    const catalog = oneServer(
      tool('list_files', 'lists invoices and other files'),
      tool('create_invoice', 'makes one'),
      tool('delete_file', 'not for invoices'),
    );

    assert.equal((await found(catalog, 'invoice'))[0], 'srv_create_invoice');
  });

  it('ranks a word in the title before the same word in a description', async () => {
    const catalog = oneServer(tool('a', 'a weather report'), tool('b', 'a report', 'Weather'));

    assert.deepEqual(await found(catalog, 'weather'), ['srv_b', 'srv_a']);
  });

  it('ranks a tool that has all the words before one that has some', async () => {
    const catalog = oneServer(tool('create_issue'), tool('create_pull_request'), tool('list_requests'));

    assert.equal((await found(catalog, 'create a pull request'))[0], 'srv_create_pull_request');
  });

  for (const name of [
    'createPullRequest',
    'create_pull_request',
    'create-pull-request',
    'create.pull/request',
    'CreatePullRequest',
  ]) {
    it(`knows the words in ${name}`, async () => {
      const catalog = oneServer(tool(name), tool('other'));
      for (const word of ['create', 'pull', 'request', 'REQUEST', 'pullRequest', 'pull_request']) {
        const [first = ''] = await found(catalog, word);

        assert.match(first, /pull/i, word);
      }
    });
  }

  it('finds a word by its beginning, and in spite of a typing error', async () => {
    const catalog = oneServer(tool('translate_document'), tool('send_mail'));
    for (const query of ['transl', 'trnaslate', 'transalte', 'documnet', 'Docment']) {
      assert.deepEqual(await found(catalog, query), ['srv_translate_document'], query);
    }
  });

  it('takes no short word for another one', async () => {
    assert.deepEqual(await found(oneServer(tool('run'), tool('sum')), 'rum'), []);
  });

  it('finds words of every script', async () => {
    const catalog = oneServer(tool('a', 'Übersetzung von Texten'), tool('b', '天気 予報'));

    assert.deepEqual(await found(catalog, 'übersetzung'), ['srv_a']);
    assert.deepEqual(await found(catalog, '天気'), ['srv_b']);
  });

  it('finds tools by their server', async () => {
    const catalog: TenantSetup = {
      servers: [
        { slug: 'gh', name: 'Octopus Forge', tools: [tool('list')] },
        { slug: 'mail', tools: [tool('list')] },
      ],
    };

    assert.deepEqual(await found(catalog, 'octopus'), ['gh_list']);
    assert.deepEqual(await found(catalog, 'mail'), ['mail_list']);
  });

  it('looks at one server alone when asked to', async () => {
    const catalog: TenantSetup = {
      servers: [
        { slug: 'one', tools: [tool('search')] },
        { slug: 'two', tools: [tool('search')] },
      ],
    };

    assert.deepEqual(await found(catalog, 'search', { server: 'two' }), ['two_search']);
    assert.deepEqual(await found(catalog, 'search', { server: 'three' }), []);
  });

  it('answers no more than it was asked for, and the best of all', async () => {
    const many = Array.from({ length: 30 }, (_, i) => tool(`other${i}`, 'may search too'));
    const catalog = oneServer(...many, tool('search'));

    const best = await found(catalog, 'search', { limit: 3 });

    assert.equal(best.length, 3);
    assert.equal(best[0], 'srv_search');
  });

  it('never finds what may not be called now', async () => {
    const tools = [tool('search_active'), tool('search_disabled'), tool('search_quarantined')];
    const catalog: TenantSetup = {
      servers: [
        { slug: 'srv', tools, quarantined: ['search_quarantined'] },
        { slug: 'off', tools, enabled: false },
        { slug: 'new', tools, unknown: true },
      ],
      permissions: { default: 'enabled', tools: { srv_search_disabled: 'disabled' } },
    };

    assert.deepEqual(await found(catalog, 'search'), ['srv_search_active']);
  });

  it('finds only what is enabled where everything else is disabled', async () => {
    const catalog: TenantSetup = {
      ...oneServer(tool('search_a'), tool('search_b')),
      permissions: { default: 'disabled', tools: { srv_search_b: 'enabled' } },
    };

    assert.deepEqual(await found(catalog, 'search'), ['srv_search_b']);
  });

  it("never finds another tenant's tools", async () => {
    const search = createSearchTools(
      inMemoryStores({ acme: oneServer(tool('a', 'acme search')), globex: oneServer(tool('b', 'globex search')) }),
    );

    const results = await search(acme, { query: 'search globex', limit: 10 });

    assert.deepEqual(
      results.map((each) => [each.tool.exposedName, each.server.tenantId]),
      [['srv_a', 'acme']],
    );
  });

  it('finds nothing in an empty catalog, for words that nobody has, and for no words', async () => {
    assert.deepEqual(await found({}, 'search'), []);
    assert.deepEqual(await found(oneServer(tool('search')), 'zebra'), []);
    for (const query of ['', '   ', '***', '_'])
      assert.deepEqual(await found(oneServer(tool('search')), query), [], query);
  });

  it('reads no more of a description than its beginning, and the less the more tools there are', async () => {
    const described = (length: number) => tool('long', `early ${'filler '.repeat(length / 7)}late`);
    const others = Array.from({ length: 4000 }, (_, i) => tool(`other${i}`));

    assert.deepEqual(await found(oneServer(described(1400)), 'late'), ['srv_long']);
    for (const catalog of [oneServer(described(2100)), oneServer(described(700), ...others)]) {
      assert.deepEqual(await found(catalog, 'early'), ['srv_long']);
      assert.deepEqual(await found(catalog, 'late'), []);
    }
  });

  it('looks for the first words of a query, each once, and for the beginning of a word without end', async () => {
    const catalog = oneServer(tool('search', 'w'.repeat(100)));
    const different = Array.from({ length: 16 }, (_, i) => `zzz${i}`);

    assert.deepEqual(await found(catalog, [...different, 'search'].join(' ')), []);
    assert.deepEqual(await found(catalog, `${'zzz '.repeat(100)} search`), ['srv_search']);
    assert.deepEqual(await found(catalog, 'w'.repeat(500)), ['srv_search']);
  });

  it('is not led astray by words that every object has', async () => {
    const catalog = oneServer(tool('constructor', '__proto__ toString'), tool('other'));

    assert.deepEqual(await found(catalog, 'constructor'), ['srv_constructor']);
    assert.deepEqual(await found(catalog, '__proto__ hasOwnProperty'), ['srv_constructor']);
  });
});
