import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fire, until } from '../support/fire.ts';
import { serveTcp } from '../support/loopback-server.ts';
import { storedItems } from '../support/stored-items.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

const DAY_MS = 24 * 3600_000;

describe('the refresh of catalogs', () => {
  let hub: TestHub;
  let items: ReturnType<typeof storedItems>;
  let modern: Awaited<ReturnType<typeof startModern>>;
  const lastSync = async (slug: string, tenant = 'acme') =>
    (await hub.call('GET', `/v1/servers/${slug}`, { tenant })).body.lastSync;
  const isRecent = ({ at }: { at: string }) => Date.parse(at) > Date.now() - DAY_MS / 2;
  const callsOf = (name: string) => hub.awsCalls.filter(({ functionName }) => functionName.includes(name));
  const runsOf = (name: string) => hub.invocations.filter(({ functionName }) => functionName.includes(name)).length;

  before(async () => {
    [hub, modern] = await Promise.all([startTestHub(), startModern()]);
    items = storedItems(hub);
    await hub.register({ slug: 'mine', url: modern.url, credential: { type: 'bearer', token: 'a-token' } });
    await hub.register({ slug: 'gone', url: modern.url });
    await hub.register({ slug: 'off', url: modern.url });
    await hub.register({ slug: 'theirs', url: modern.url }, { tenant: 'other' });
  });
  after(async () => {
    items?.close();
    await Promise.all([hub?.close(), modern?.close()]);
  });

  it('asks the servers of all tenants that are due, and notes of each what came of it', async () => {
    const gone = await startModern();
    await gone.close();
    await hub.call('PATCH', '/v1/servers/off', { body: { enabled: false } });
    await items.age('acme', 'mine', DAY_MS);
    await items.age('acme', 'gone', DAY_MS, { url: gone.url });
    await items.age('other', 'theirs', DAY_MS);
    modern.clear();

    await fire(hub, 'CatalogRefresh');

    await until(async () => {
      const all = await Promise.all([lastSync('mine'), lastSync('gone'), lastSync('theirs', 'other')]);
      return all.every(isRecent) || undefined;
    });
    assert.equal((await lastSync('mine')).state, 'ok');
    assert.deepEqual(
      { ...(await lastSync('gone')), at: '' },
      {
        state: 'failed',
        at: '',
        code: 'upstream_unreachable',
        failures: 1,
      },
    );
    assert.equal((await lastSync('theirs', 'other')).state, 'ok');
    assert.equal(modern.count('tools/list'), 2);
    assert.ok((await hub.call('GET', '/v1/tools?server=gone')).body.tools.length > 0);
  });

  it('sends ids only, with the tenant as their group', () => {
    const sent = callsOf('RefreshStarter').filter(({ operation }) => operation === 'SendMessage');

    assert.equal(sent.length, 3);
    for (const { requestBody } of sent) {
      const { MessageBody, MessageGroupId } = JSON.parse(requestBody);
      const message = JSON.parse(MessageBody);
      assert.deepEqual(Object.keys(message), ['tenantId', 'slug', 'serverId']);
      assert.equal(MessageGroupId, message.tenantId);
    }
  });

  it('does nothing when it comes again', async () => {
    await until(() => (runsOf('Refresher') === 3 ? true : undefined));
    hub.awsCalls.splice(0);
    modern.clear();
    const runs = runsOf('RefreshStarter');

    await fire(hub, 'CatalogRefresh');
    await until(() => (runsOf('RefreshStarter') > runs ? true : undefined));

    assert.deepEqual([...new Set(callsOf('Refresh').map(({ operation }) => operation))], ['Query']);
    assert.equal(modern.requests.length, 0);
  });

  it('tells CloudWatch what it did, in the log', () => {
    const counts = hub.logLines
      .filter(({ line }) => line.startsWith('{"_aws"'))
      .map(({ line }) => JSON.parse(line))
      .reduce(
        (sum, { CatalogsRefreshed = 0, RefreshesFailed = 0, RefreshesStarted = 0 }) => ({
          CatalogsRefreshed: sum.CatalogsRefreshed + CatalogsRefreshed,
          RefreshesFailed: sum.RefreshesFailed + RefreshesFailed,
          RefreshesStarted: sum.RefreshesStarted + RefreshesStarted,
        }),
        { CatalogsRefreshed: 0, RefreshesFailed: 0, RefreshesStarted: 0 },
      );

    assert.deepEqual(counts, { CatalogsRefreshed: 2, RefreshesFailed: 1, RefreshesStarted: 3 });
  });

  it('lets no tenant with many silent servers hold up another', async (t) => {
    const silent = await serveTcp(t);
    const slugs = Array.from({ length: 12 }, (_, index) => `silent-${index}`);
    for (const slug of slugs) await hub.register({ slug, url: modern.url }, { tenant: 'busy' });
    const url = `http://127.0.0.1:${silent.port}/mcp`;
    for (const slug of slugs) await items.age('busy', slug, DAY_MS, { url });
    await items.age('other', 'theirs', DAY_MS);

    await fire(hub, 'CatalogRefresh');

    await until(async () => isRecent(await lastSync('theirs', 'other')) || undefined);
    const busy = await Promise.all(slugs.map((slug) => lastSync(slug, 'busy')));
    // Those that the refreshers may have had before it was its turn.
    assert.ok(busy.filter(isRecent).length <= 5);
  });
});
