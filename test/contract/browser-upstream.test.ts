import { after, before, describe, type TestContext } from 'node:test';
import { createBrowserUpstream } from '../../lambdas/adapters/upstreams/browser/browser-upstream.ts';
import { browserTargetOf } from '../support/browser/browser-under-test.ts';
import { type RunningBrowser, startPlaywrightServer } from '../support/browser/chromium.ts';
import { startMisbehavingEndpoint } from '../support/browser/misbehaving-endpoint.ts';
import { egressFor } from '../support/egress.ts';
import { serveHttp } from '../support/loopback-server.ts';
import { CREDENTIAL, type ToolsUpstream, toolsUpstreamContract } from '../support/upstreams/tools-upstream-contract.ts';
import { callOf } from '../support/upstreams/upstream-under-test.ts';

describe('the port', { timeout: 240_000 }, () => {
  let browser: RunningBrowser;

  before(async () => {
    browser = await startPlaywrightServer();
  });

  after(() => browser.close());

  toolsUpstreamContract('a browser as an upstream', {
    start: (t) => start(t, browser),
    // A browser's endpoint has no refusals of its own that a caller could mend.
    misbehaviours: ['silent', 'unauthorized', 'failing', 'redirecting', 'endless'],
  });
});

async function start(t: TestContext, browser: RunningBrowser): Promise<ToolsUpstream> {
  const site = await serveHttp(t, (_request, response) => {
    response.setHeader('content-type', 'text/html').end('<title>Site</title><h1>Hello</h1>');
  });
  const server = await startMisbehavingEndpoint(browser.endpoint, `/${CREDENTIAL}`);
  t.after(() => server.close());
  return {
    upstream: createBrowserUpstream({ egress: egressFor(t), now: Date.now }),
    server,
    target: browserTargetOf(server.url),
    call: callOf('snapshot', { url: `http://127.0.0.1:${site.port}/` }),
    wrongCall: callOf('snapshot', { url: 42 }),
    // Nothing is done to a page before the browser is there, and that is all that an endpoint can keep back.
    effect: undefined,
  };
}
