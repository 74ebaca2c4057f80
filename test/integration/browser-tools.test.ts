import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { offerLocalBrowser } from '../../local/browser/browser-on-demand.ts';
import { offerBrowser } from '../../local/browser/offer-browser.ts';
import type { LocalBrowser } from '../../local/browser/start-local-browser.ts';
import { chromiumPath } from '../support/browser/chromium.ts';
import { connectClient } from '../support/mcp-client.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { type RecordingServer, startRecordingServer } from '../support/upstreams/recording-server.ts';

const PNG = /^iVBORw0KGgo/;
/** So noisy that its picture fits no item of a table. */
const NOISE = `<canvas width=1200 height=700></canvas><script>
  const context = document.querySelector('canvas').getContext('2d');
  const image = context.createImageData(1200, 700);
  for (let at = 0; at < image.data.length; at += 1) image.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
  context.putImageData(image, 0, 0);
</script>`;

describe('the browser tools of a running hub', { timeout: 240_000 }, () => {
  let hub: TestHub;
  let browser: LocalBrowser | undefined;
  let site: RecordingServer;
  const invoke = (tool: string, args: object, more: object = {}) =>
    hub.call('POST', `/v1/tools/playwright_${tool}/invoke`, { body: { arguments: args, ...more } });
  async function ended(jobId: string) {
    for (let tries = 0; tries < 600; tries += 1) {
      const job = await hub.call('GET', `/v1/jobs/${jobId}`);
      if (job.body.status !== 'queued' && job.body.status !== 'running') return job.body;
      await delay(100);
    }
    throw new Error(`the job ${jobId} stands still`);
  }

  before(async () => {
    [hub, browser, site] = await Promise.all([
      startTestHub(),
      offerLocalBrowser({ ...process.env, CHROMIUM_PATH: chromiumPath() }),
      startRecordingServer((request, response) => {
        response.setHeader('content-type', 'text/html');
        response.end(`<title>Here</title><h1>Hello</h1>${request.url === '/noise' ? NOISE : ''}`);
      }),
    ]);
    assert.ok(browser !== undefined, 'there is no Chromium');
  });
  after(async () => {
    await Promise.all([hub?.close(), site?.close()]);
    await browser?.close();
  });

  it('need an endpoint, which only an admin can give', async () => {
    assert.equal((await invoke('snapshot', { url: site.origin })).body.code, 'needs_credentials');
    const own = { body: { credential: browser?.endpoint } };
    assert.equal((await hub.call('PUT', '/v1/servers/playwright/credential', own)).status, 400);
    const http = { scopes: ['admin'], body: { credential: 'https://browsers.nexus-hub.dev/' } };
    assert.equal((await hub.call('PUT', '/v1/admin/servers/playwright', http)).status, 400);

    const set = await hub.call('PUT', '/v1/admin/servers/playwright', { scopes: ['admin'], ...own });

    assert.equal(set.body.state, 'ready', set.text);
    const { origin, pathname } = new URL(browser?.endpoint ?? '');
    assert.equal(set.body.url, origin);
    assert.ok(!set.text.includes(pathname), 'the endpoint is write-only');
    assert.ok(!(await hub.call('GET', '/v1/servers/playwright')).text.includes(origin), 'and nothing for tenants');
  });

  it('are done by jobs where the caller leaves it to the hub', async () => {
    const accepted = await invoke('snapshot', { url: site.origin });

    assert.equal(accepted.status, 202, accepted.text);
    const { status, result, error } = await ended(accepted.body.jobId);
    assert.equal(status, 'succeeded', JSON.stringify(error));
    assert.match(JSON.stringify(result), /heading.*Hello/);
  });

  it('answer a caller that waits', async () => {
    const { status, text, body } = await invoke('screenshot', { url: site.origin }, { mode: 'sync' });

    assert.equal(status, 200, text.slice(0, 500));
    assert.match(body.result.content.find(({ type }: { type: string }) => type === 'image').data, PNG);
  });

  it('tell a caller that waits where a result is that is too large for a table', async () => {
    const { status, body } = await invoke('screenshot', { url: `${site.origin}/noise` }, { mode: 'sync' });

    assert.equal(status, 202);
    assert.equal(body.status, 'succeeded');
    const { result } = await ended(body.jobId);
    assert.ok(result.content.some(({ data = '' }: { data?: string }) => data.length > 400_000));
  });

  for (const era of ['auto', 'legacy'] as const) {
    it(`answer an MCP client of era ${era} that knows no tasks, however large the result is`, async () => {
      const client = await connectClient(hub, { era });

      const { content, isError } = await client.callTool({
        name: 'playwright_screenshot',
        arguments: { url: `${site.origin}/noise` },
      });
      await client.close();

      assert.notEqual(isError, true, JSON.stringify(content).slice(0, 500));
      assert.ok(JSON.stringify(content).length > 400_000);
    });
  }

  it('take one call of the limit each, whoever waits', async () => {
    await hub.call('PUT', '/v1/admin/servers/playwright', { scopes: ['admin'], body: { rateLimitPerMinute: 1 } });
    const call = { tenant: 'limited', body: { arguments: { url: site.origin }, mode: 'sync' } };

    const { status, text } = await hub.call('POST', '/v1/tools/playwright_snapshot/invoke', call);

    assert.equal(status, 200, text.slice(0, 500));
  });

  it('are given the browser of this machine at each start, unless an admin has set another', async () => {
    const set = (credential: string) =>
      hub.call('PUT', '/v1/admin/servers/playwright', { scopes: ['admin'], body: { credential } });
    const stored = async () => {
      const { body } = await hub.call('GET', '/v1/admin/servers', { scopes: ['admin'] });
      return body.servers.find(({ slug }: { slug: string }) => slug === 'playwright').url;
    };
    assert.equal(await offerBrowser(hub.hub, undefined), false);
    assert.equal(await stored(), undefined);
    await set('wss://browsers.nexus-hub.dev/?token=1');
    assert.equal(await offerBrowser(hub.hub, browser), true);
    assert.equal(await stored(), 'wss://browsers.nexus-hub.dev');
    await set('ws://127.0.0.1:9/of-an-earlier-start');
    assert.equal(await offerBrowser(hub.hub, browser), true);
    assert.equal(await stored(), new URL(browser?.endpoint ?? '').origin);
  });

  it('say what is wrong with their arguments', async () => {
    await hub.call('PUT', '/v1/admin/servers/playwright', { scopes: ['admin'], body: { rateLimitPerMinute: null } });

    const { body } = await invoke('screenshot', { url: 'file:///etc/passwd' }, { mode: 'sync' });

    assert.equal(body.result.isError, true, JSON.stringify(body));
  });
});
