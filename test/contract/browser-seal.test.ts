import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { createBrowserUpstream } from '../../lambdas/adapters/upstreams/browser/browser-upstream.ts';
import {
  assertSealed,
  NO_WAY_OUT,
  openSealedContext,
} from '../../lambdas/adapters/upstreams/browser/sealed-context.ts';
import { browserTargetOf } from '../support/browser/browser-under-test.ts';
import { type RunningBrowser, SEALING_FLAGS, startPlaywrightServer } from '../support/browser/chromium.ts';
import { egressFor } from '../support/egress.ts';
import { serveHttp } from '../support/loopback-server.ts';
import { callOf, contextOf, failure } from '../support/upstreams/upstream-under-test.ts';

describe('a browser shows that it cannot get out', { timeout: 120_000 }, () => {
  let sealed: RunningBrowser;
  let open: RunningBrowser;
  let browsers: Browser[];

  before(async () => {
    [sealed, open] = await Promise.all([startPlaywrightServer(SEALING_FLAGS), startPlaywrightServer([])]);
    browsers = await Promise.all([sealed, open].map(({ endpoint }) => chromium.connect(endpoint)));
  });

  after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await Promise.all([sealed.close(), open.close()]);
  });

  it('and is used', async () => {
    const [browser] = browsers;
    assert.ok(browser !== undefined);

    await (await openSealedContext(browser, {})).close();
  });

  it('or is refused, if it did not set the proxy', async () => {
    const context = await browsers[0]?.newContext();
    assert.ok(context !== undefined);

    await failure(assertSealed(context), 'upstream_error');
  });

  it('or is refused, if its datagrams go past the proxy', async () => {
    const context = await browsers[1]?.newContext({ proxy: NO_WAY_OUT });
    assert.ok(context !== undefined);

    await failure(assertSealed(context), 'upstream_error');
  });

  it('before a page is opened', async (t) => {
    const site = await serveHttp(t, (_request, response) => response.end('hello'));
    const upstream = createBrowserUpstream({ egress: egressFor(t), now: Date.now });
    const call = callOf('click', { url: `http://127.0.0.1:${site.port}/`, element: { text: 'hello' } });

    const error = await failure(
      upstream.callTool(browserTargetOf(open.endpoint), call, contextOf({ ms: 60_000 })),
      'upstream_error',
    );

    assert.match(error.message, /does not keep its network closed/);
    assert.equal(error.details['outcome'], undefined);
    assert.equal(site.connections.length, 0);
  });
});
