import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type BrowserContext, chromium } from 'playwright-core';
import { openSealedContext } from '../../lambdas/adapters/upstreams/browser/sealed-context.ts';
import { createEgress } from '../../lambdas/adapters/egress/egress.ts';
import { createBrowserUpstream } from '../../lambdas/adapters/upstreams/browser/browser-upstream.ts';
import { type RunningBrowser, SEALING_FLAGS, startPlaywrightServer } from '../support/browser/chromium.ts';
import { browserTargetOf } from '../support/browser/browser-under-test.ts';
import { type ForbiddenPlaces, openForbiddenPlaces } from '../support/browser/forbidden-places.ts';
import { type HostileSite, openHostileSite } from '../support/browser/hostile-site.ts';
import { WAYS_OUT } from '../support/browser/ways-out.ts';
import { withLoopback } from '../support/egress.ts';
import { callOf, contextOf, resultOf } from '../support/upstreams/upstream-under-test.ts';

const WAYS = Object.keys(WAYS_OUT);
/** How long a page is given to get out, after it was loaded. */
const PATIENCE_MS = 400;

describe('pages that try to reach what they may not', { timeout: 400_000 }, () => {
  let unguarded: Attempt;
  let guarded: Attempt;
  let sealedOnly: Attempt;

  before(async () => {
    [unguarded, guarded, sealedOnly] = [await attempt(), await attempt(), await attempt()];
    await withBrowser([], ({ endpoint }) => visitUnguarded(endpoint, unguarded));
    await withBrowser(SEALING_FLAGS, async (running) => {
      await visitThroughTheHub(running.endpoint, guarded);
      await visitSealedOnly(running.endpoint, sealedOnly);
    });
  });

  after(() => {
    for (const { site, places } of [unguarded, guarded, sealedOnly]) {
      site.close();
      places.close();
    }
  });

  for (const way of WAYS) {
    it(`${way}: leads there in a browser of its own, and nowhere through the hub`, () => {
      assert.ok(unguarded.places.wasReached(way), 'the page does not try');
      assert.ok(guarded.site.wasVisited(way), 'the page was not opened');
      assert.ok(!guarded.places.wasReached(way), 'it got out');
      assert.ok(sealedOnly.site.wasVisited(way), 'the page was not opened');
      assert.ok(!sealedOnly.places.wasReached(way), 'the second wall has a hole');
    });
  }

  it('not even a connection is opened', () => {
    assert.equal(guarded.places.connections(), 0);
    assert.equal(sealedOnly.places.connections(), 0);
  });
});

interface Attempt {
  readonly places: ForbiddenPlaces;
  readonly site: HostileSite;
}

async function attempt(): Promise<Attempt> {
  const places = await openForbiddenPlaces(WAYS);
  return { places, site: await openHostileSite(places) };
}

async function withBrowser(flags: readonly string[], use: (running: RunningBrowser) => Promise<void>): Promise<void> {
  const running = await startPlaywrightServer(flags);
  try {
    await use(running);
  } finally {
    await running.close();
  }
}

/** That each page does try is seen where nothing keeps it from it. */
async function visitUnguarded(endpoint: string, { places, site }: Attempt): Promise<void> {
  const browser = await chromium.connect(endpoint);
  await each(WAYS, async (way) =>
    visiting(await browser.newContext(), site.pageOf(way), async () => {
      for (let waited = 0; waited < 100 && !places.wasReached(way); waited++) await delay(100);
    }),
  );
  await browser.close();
}

async function visitThroughTheHub(endpoint: string, { places, site }: Attempt): Promise<void> {
  const egress = createEgress({ ...withLoopback, ownOrigins: [places.origin] });
  const upstream = createBrowserUpstream({ egress, now: Date.now });
  await each(WAYS, async (way) => {
    const steps = [{ action: 'wait', milliseconds: PATIENCE_MS }];
    const call = callOf('run', { url: site.pageOf(way), steps });
    await resultOf(upstream.callTool(browserTargetOf(endpoint), call, contextOf({ ms: 60_000 })));
  });
  egress.close();
}

/** As if the answering of requests let through whatever it is asked, except for the hostile pages themselves. */
async function visitSealedOnly(endpoint: string, { site }: Attempt): Promise<void> {
  const browser = await chromium.connect(endpoint);
  const opened = async (): Promise<BrowserContext> => {
    const context = await openSealedContext(browser, {});
    await context.route(
      () => true,
      async (route, request) => {
        if (!request.url().startsWith(site.origin)) return await route.continue();
        const response = await fetch(request.url(), { redirect: 'manual' });
        const headers = Object.fromEntries(response.headers);
        await route.fulfill({ status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) });
      },
    );
    return context;
  };
  await each(WAYS, async (way) => visiting(await opened(), site.pageOf(way), () => delay(PATIENCE_MS)));
  await browser.close();
}

/** In a context of its own: of several pages, only the one in front speculates. Leading away at once is no failure. */
async function visiting(context: BrowserContext, url: string, meanwhile: () => Promise<void>): Promise<void> {
  const page = await context.newPage();
  await page.goto(url).catch(() => undefined);
  await meanwhile();
  await context.close();
}

const AT_ONCE = 6;

async function each(ways: readonly string[], work: (way: string) => Promise<void>): Promise<void> {
  const left = [...ways];
  const worker = async () => {
    for (let way = left.shift(); way !== undefined; way = left.shift()) await work(way);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
