import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEgress, type Egress } from '../../lambdas/adapters/egress/egress.ts';
import { createBrowserUpstream } from '../../lambdas/adapters/upstreams/browser/browser-upstream.ts';
import type { JsonObject } from '../../lambdas/hub/json.ts';
import { browserTargetOf } from '../support/browser/browser-under-test.ts';
import { type RunningBrowser, startPlaywrightServer } from '../support/browser/chromium.ts';
import { startTwoSites, type TwoSites } from '../support/browser/two-sites.ts';
import { withLoopback } from '../support/egress.ts';
import { callOf, contextOf, resultOf } from '../support/upstreams/upstream-under-test.ts';

const ALL = 'strict lax none';
const OF_LINKS = 'lax none';

describe('who has signed in at a bank, and goes on', { timeout: 300_000, concurrency: 6 }, () => {
  let browser: RunningBrowser;
  let egress: Egress;

  before(async () => {
    browser = await startPlaywrightServer();
    egress = createEgress(withLoopback);
  });
  after(async () => {
    egress.close();
    await browser.close();
  });

  interface Visit {
    readonly asked: TwoSites['asked'];
    /** What pages wrote to the console. */
    readonly said: string;
  }

  /** Opens a page of a site after the bank's login. */
  const visit = async (site: 'bank' | 'evil', path: string, ...more: readonly JsonObject[]): Promise<Visit> => {
    const sites = await startTwoSites();
    const steps = [
      { action: 'navigate', url: `${sites[site]}${path}` },
      { action: 'wait', milliseconds: 1500 },
      ...more,
      { action: 'console' },
    ];
    const upstream = createBrowserUpstream({ egress, now: Date.now });
    const call = callOf('run', { url: `${sites.bank}/login`, steps });
    const { structuredContent } = await resultOf(
      upstream.callTool(browserTargetOf(browser.endpoint), call, contextOf({ ms: 60_000 })),
    );
    await sites.close();
    return { asked: sites.asked, said: JSON.stringify(structuredContent) };
  };

  it('has all cookies sent to the bank, and its pages read', async () => {
    const { asked, said } = await visit('bank', '/own');

    assert.deepEqual(asked('/own'), [`GET ${ALL}`]);
    assert.deepEqual(asked('/api'), [`GET ${ALL}`]);
    assert.match(said, /"read: the balance/);
  });

  for (const path of ['/own-frame', '/own-link', '/own-form']) {
    it(`has all cookies sent by the bank's ${path}`, async () => {
      const { asked } = await visit('bank', path);

      assert.deepEqual(asked('/api'), [`GET ${ALL}`]);
    });
  }

  for (const path of ['/with-an-ad-that-reads', '/with-an-ad-that-reads-unseen', '/with-a-sandbox-that-reads']) {
    it(`is nobody for a frame ${path} at the bank, which can read nothing`, async () => {
      const { asked, said } = await visit('bank', path);

      assert.deepEqual(asked('/api'), ['GET']);
      assert.match(said, /"not read/);
    });
  }

  for (const [site, path] of [
    ['evil', '/frames-it'],
    ['bank', '/with-an-ad-that-frames'],
  ] as const) {
    it(`is nobody for the bank itself in a frame of another site, ${path}`, async () => {
      const { asked } = await visit(site, path);

      assert.deepEqual([...asked('/own'), ...asked('/api')], ['GET', 'GET']);
    });
  }

  it('transfers no money by a form in a frame', async () => {
    const { asked } = await visit('bank', '/with-an-ad-that-posts');

    assert.deepEqual(asked('/transfer'), ['POST']);
  });

  for (const [path, method] of [
    ['/reads', 'GET'],
    ['/reads-unseen', 'GET'],
    ['/puts', 'PUT'],
  ] as const) {
    it(`is nobody for another site that ${path.slice(1)}, and can read nothing`, async () => {
      const { asked, said } = await visit('evil', path);

      assert.deepEqual(asked('/api'), [method]);
      assert.match(said, /"not read/);
    });
  }

  it('is nobody for another site, which reads what says that it may', async () => {
    const { asked, said } = await visit('evil', '/reads-open');

    assert.deepEqual(asked('/open'), ['GET']);
    assert.match(said, /"read: the balance/);
  });

  it('is nobody for a picture in another site', async () => {
    const { asked } = await visit('evil', '/shows-it');

    assert.deepEqual(asked('/api'), ['GET']);
  });

  for (const [site, path] of [
    ['evil', '/links'],
    ['bank', '/with-a-sandbox-that-leads'],
  ] as const) {
    it(`opens the bank with the cookies of links from ${path}`, async () => {
      const { asked } = await visit(site, path);

      assert.deepEqual(asked('/api'), [`GET ${OF_LINKS}`]);
    });
  }

  it('still comes from another site where the bank leads a link on', async () => {
    const { asked } = await visit('evil', '/links-through');

    assert.deepEqual([...asked('/leads-on'), ...asked('/api')], [`GET ${OF_LINKS}`, `GET ${OF_LINKS}`]);
  });

  it('still comes from another site where the bank leads a form on', async () => {
    const { asked } = await visit('evil', '/posts-and-is-led-on');

    assert.deepEqual([...asked('/leads-on'), ...asked('/api')], ['POST', `GET ${OF_LINKS}`]);
  });

  it('still comes from another site in a popup', async () => {
    const click = { action: 'click', element: { text: 'Open' } };

    const { asked } = await visit('evil', '/opens', click, { action: 'wait', milliseconds: 1500 });

    assert.deepEqual([...asked('/leads-on'), ...asked('/api')], [`GET ${OF_LINKS}`, `GET ${OF_LINKS}`]);
  });
});
