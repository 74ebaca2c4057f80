import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFindPrompt } from '../../../lambdas/hub/calls/find-prompt.ts';
import { exposedName } from '../../../lambdas/hub/catalog/exposed-name.ts';
import type { HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import { inMemoryStores, type ServerSetup } from '../../support/mcp/in-memory-stores.ts';

const acme = tenantIdSchema.parse('acme');

const findIn = (...servers: ServerSetup[]) => createFindPrompt(inMemoryStores({ acme: { servers } }));

const refused = (code: HubErrorCode) => ({ name: 'HubError', code });

describe('a prompt that is looked for by its exposed name', () => {
  it('is found with its server, under the name that the server has for it', async () => {
    const find = findIn({ slug: 'docs', prompts: [{ name: 'summarize' }, { name: 'translate' }] });

    const { server, prompt } = await find(acme, 'docs', 'docs_translate');

    assert.equal(server.slug, 'docs');
    assert.equal(prompt.name, 'translate');
  });

  it('is found by the shortened name of a name that is too long or not portable', async () => {
    for (const name of ['x'.repeat(100), 'Zusammenfassung für alle', 'a.b/c']) {
      const find = findIn({ slug: 'docs', prompts: [{ name: 'other' }, { name }] });

      assert.equal((await find(acme, 'docs', exposedName('docs', name))).prompt.name, name);
    }
  });

  it('is not found by its own name, nor with the prefix of another server', async () => {
    const find = findIn({ slug: 'docs', prompts: [{ name: 'translate' }] }, { slug: 'mail', prompts: [] });

    await assert.rejects(find(acme, 'docs', 'translate'), refused('prompt_not_found'));
    await assert.rejects(find(acme, 'mail', 'docs_translate'), refused('prompt_not_found'));
  });

  it('is not found for another tenant, whose server may be called the same', async () => {
    const stores = inMemoryStores({
      acme: { servers: [{ slug: 'docs', prompts: [{ name: 'translate' }] }] },
      globex: { servers: [{ slug: 'docs', prompts: [] }] },
    });
    const find = createFindPrompt(stores);

    await assert.rejects(find(tenantIdSchema.parse('globex'), 'docs', 'docs_translate'), refused('prompt_not_found'));
    await assert.rejects(find(tenantIdSchema.parse('nobody'), 'docs', 'docs_translate'), refused('prompt_not_found'));
  });

  it('is not one that a deleted server of the same slug left behind', async () => {
    const before = inMemoryStores({
      acme: { servers: [{ slug: 'docs', serverId: 'old', prompts: [{ name: 'translate' }] }] },
    });
    const after = inMemoryStores({ acme: { servers: [{ slug: 'docs', serverId: 'new' }] } });
    const find = createFindPrompt({ calls: after.calls, catalog: before.catalog });

    await assert.rejects(find(acme, 'docs', 'docs_translate'), refused('server_not_synced'));
  });

  it('is refused while its server is disabled or not known', async () => {
    const prompts = [{ name: 'translate' }];

    await assert.rejects(
      findIn({ slug: 'docs', prompts, enabled: false })(acme, 'docs', 'docs_translate'),
      refused('server_disabled'),
    );
    await assert.rejects(
      findIn({ slug: 'docs', prompts, unknown: true })(acme, 'docs', 'docs_translate'),
      refused('server_not_synced'),
    );
  });
});
