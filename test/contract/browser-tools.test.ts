import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createEgress, type Egress } from '../../lambdas/adapters/egress/egress.ts';
import {
  createBrowserUpstream,
  type BrowserUpstreamDeps,
} from '../../lambdas/adapters/upstreams/browser/browser-upstream.ts';
import { isJsonObject, type JsonObject } from '../../lambdas/hub/json.ts';
import { browserTargetOf } from '../support/browser/browser-under-test.ts';
import { type RunningBrowser, startDevTools, startPlaywrightServer } from '../support/browser/chromium.ts';
import { startSampleSite } from '../support/browser/sample-site.ts';
import { withLoopback } from '../support/egress.ts';
import type { RecordingServer } from '../support/upstreams/recording-server.ts';
import { callOf, contextOf, failure, resultOf } from '../support/upstreams/upstream-under-test.ts';

const PROTOCOLS = [
  ['a playwright server', startPlaywrightServer],
  ['the devtools protocol', startDevTools],
] as const;

for (const [protocol, start] of PROTOCOLS) {
  describe(`the browser's tools over ${protocol}`, { timeout: 300_000 }, () => {
    let browser: RunningBrowser;
    let site: RecordingServer;
    let egress: Egress;

    before(async () => {
      [browser, site] = await Promise.all([start(), startSampleSite()]);
      egress = createEgress(withLoopback);
    });

    after(async () => {
      egress.close();
      await Promise.all([browser.close(), site.close()]);
    });

    const answer = (tool: string, path: string, args: JsonObject = {}, deps: Partial<BrowserUpstreamDeps> = {}) => {
      const upstream = createBrowserUpstream({ egress, now: Date.now, ...deps });
      const call = callOf(tool, { url: site.origin + path, ...args });
      return upstream.callTool(browserTargetOf(browser.endpoint), call, contextOf({ ms: 60_000 }));
    };
    const facts = async (...args: Parameters<typeof answer>): Promise<JsonObject> => {
      const { structuredContent, isError, content } = await resultOf(answer(...args));
      assert.notEqual(isError, true, JSON.stringify(content));
      assert.ok(isJsonObject(structuredContent));
      return structuredContent;
    };
    const steps = async (path: string, ...todo: JsonObject[]): Promise<readonly JsonObject[]> => {
      const { steps } = await facts('run', path, { steps: todo }, { allowEvaluate: true });
      assert.ok(Array.isArray(steps));
      return steps;
    };
    const refusal = async (...args: Parameters<typeof answer>): Promise<string> => {
      const { content, isError } = await resultOf(answer(...args));
      assert.equal(isError, true, JSON.stringify(content));
      return JSON.stringify(content);
    };

    it('navigate says where the page led', async () => {
      const { url, title, status } = await facts('navigate', '/moved');

      assert.deepEqual({ url, title, status }, { url: `${site.origin}/cookies`, title: 'Cookies', status: 200 });
    });

    it('navigate says that a page is missing', async () => {
      assert.equal((await facts('navigate', '/missing'))['status'], 404);
    });

    it('snapshot shows what is on a page, with what it fetched', async () => {
      const { snapshot } = await facts('run', '/', {
        steps: [{ action: 'wait', text: 'n is 42' }, { action: 'snapshot' }],
      }).then(({ steps }) => (steps as readonly JsonObject[])[2] ?? {});

      assert.match(String(snapshot), /heading "Welcome" \[level=1\]/);
      assert.match(String(snapshot), /link "Go on"/);
    });

    it('click follows a link, and shows what came of it', async () => {
      const { url, title, snapshot } = await facts('click', '/', { element: { role: 'link', name: 'Go on' } });

      assert.deepEqual({ url, title }, { url: `${site.origin}/next`, title: 'Next' });
      assert.match(String(snapshot), /Next page/);
    });

    it('click can be double', async () => {
      assert.equal((await facts('click', '/twice', { element: { text: 'press' }, double: true }))['title'], '2');
    });

    it('type reaches the page key by key', async () => {
      assert.equal(
        (await facts('type', '/form', { element: { placeholder: 'typed' }, text: 'abc' }))['title'],
        '3 typed',
      );
    });

    it('press reaches the page', async () => {
      assert.equal((await facts('press', '/keys', { key: 'Escape' }))['title'], 'Escape');
    });

    it('fill, select and a click send a form', async () => {
      const done = await steps(
        '/form',
        { action: 'fill', element: { label: 'Name' }, text: 'Ada & Co' },
        { action: 'select', element: { label: 'Colour' }, values: ['Blue'] },
        { action: 'click', element: { testId: 'send' } },
        { action: 'snapshot' },
      );

      assert.deepEqual(
        done.map(({ action }) => action),
        ['navigate', 'fill', 'select', 'click', 'snapshot'],
      );
      assert.match(String(done[4]?.['snapshot']), /name=Ada\+%26\+Co&colour=b&typed=/);
    });

    it('wait waits for a text', async () => {
      assert.match(String((await facts('wait', '/late', { text: 'here at last' }))['snapshot']), /here at last/);
    });

    it('evaluate answers with a value where it is allowed', async () => {
      const [, done] = await steps('/', { action: 'evaluate', expression: '({ a: [1, document.title] })' });

      assert.deepEqual(done, { action: 'evaluate', ok: true, json: '{"a":[1,"Start"]}' });
    });

    it('evaluate is refused where it is not, alone and in a run, before anything is opened', async () => {
      site.clear();

      assert.match(await refusal('evaluate', '/', { expression: '1' }), /not allowed/);
      assert.match(await refusal('run', '/', { steps: [{ action: 'evaluate', expression: '1' }] }), /not allowed/);
      assert.deepEqual(site.requests, []);
    });

    it('screenshot is a picture', async () => {
      const { content } = await resultOf(answer('screenshot', '/', { viewport: { width: 400, height: 300 } }));

      const [, picture] = content as readonly JsonObject[];
      const bytes = Buffer.from(String(picture?.['data']), 'base64');
      assert.equal(picture?.['mimeType'], 'image/png');
      assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [400, 300]);
    });

    it('pdf is an embedded document', async () => {
      const { content } = await resultOf(answer('pdf', '/', { paper: 'Letter' }));

      const [, block] = content as readonly { type: string; resource: { mimeType: string; blob: string } }[];
      assert.deepEqual([block?.type, block?.resource.mimeType], ['resource', 'application/pdf']);
      assert.match(Buffer.from(block?.resource.blob ?? '', 'base64').toString('latin1'), /^%PDF-/);
    });

    it('console has what the page wrote, and what it did not catch', async () => {
      const { messages } = await facts('console', '/fails');

      assert.deepEqual(messages, [
        { type: 'error', text: 'oh' },
        { type: 'uncaught', text: 'broken' },
      ]);
    });

    it('network has the requests and what came of them', async () => {
      const [, , { requests } = {}] = await steps('/', { action: 'wait', text: 'n is 42' }, { action: 'network' });

      assert.deepEqual(requests, [
        { method: 'GET', url: `${site.origin}/`, type: 'document', outcome: 'answered', status: 200 },
        { method: 'GET', url: `${site.origin}/data`, type: 'fetch', outcome: 'answered', status: 200 },
      ]);
    });

    it('tabs are listed, selected, and never more than a few', async () => {
      const done = await steps(
        '/popups',
        { action: 'click', element: { text: 'Open' } },
        { action: 'wait', milliseconds: 1500 },
        { action: 'tabs' },
        { action: 'tabs', select: 1 },
        { action: 'snapshot' },
      );

      const tabs = done[3]?.['tabs'] as readonly JsonObject[];
      assert.ok(tabs.length > 1 && tabs.length <= 10, `${tabs.length} tabs`);
      assert.match(String(done[5]?.['snapshot']), /Next page/);
    });

    it('a run ends with the first step that fails, and says what was done', async () => {
      const { structuredContent, isError } = await resultOf(
        answer('run', '/', { steps: [{ action: 'tabs', select: 7 }, { action: 'snapshot' }] }),
      );

      const { steps } = structuredContent as { steps: readonly JsonObject[] };
      assert.equal(isError, true);
      assert.deepEqual(
        steps.map(({ action, ok }) => [action, ok]),
        [
          ['navigate', true],
          ['tabs', false],
        ],
      );
    });

    it('cookies last as long as the call', async () => {
      const { steps } = (await facts('run', '/moved', {
        steps: [{ action: 'snapshot' }],
      })) as { steps: readonly JsonObject[] };
      const later = await facts('snapshot', '/cookies');

      assert.match(String(steps[1]?.['snapshot']), /sent: seen=yes/);
      assert.match(String(later['snapshot']), /sent: none/);
    });

    it('a request of a page follows redirects', async () => {
      const { steps } = (await facts('run', '/fetches', {
        steps: [{ action: 'wait', milliseconds: 300 }, { action: 'tabs' }],
      })) as { steps: readonly { tabs?: readonly JsonObject[] }[] };

      assert.equal(steps[2]?.tabs?.[0]?.['title'], 'got 42');
    });

    it('long addresses and backslashes in queries are no reason to refuse what a page asks for', async () => {
      assert.equal((await facts('navigate', '/to-long-address'))['title'], 'Cookies');
      assert.equal((await facts('navigate', '/to-backslash'))['url'], `${site.origin}/cookies?a\\b`);
      assert.equal((await facts('wait', '/asks-oddly', { milliseconds: 300 }))['title'], 'got 42 and 42');
      assert.ok(site.requests.some(({ path }) => path === '/data?a%5Cb'));
    });

    it('dialogs are dismissed, and permissions are not given', async () => {
      assert.equal((await facts('navigate', '/dialogs'))['title'], 'falsenull');
      assert.equal((await facts('wait', '/permissions', { milliseconds: 300 }))['title'], 'denied');
    });

    it('files of the browser cannot be reached from a page', async () => {
      const [opened, , { messages } = {}] = await steps(
        '/file-link',
        { action: 'wait', milliseconds: 300 },
        { action: 'console' },
      );

      assert.equal(opened?.['status'], 200);
      assert.equal(JSON.stringify(messages).match(/Not allowed to load local resource/g)?.length, 2);
    });

    for (const [path, why] of [
      ['/moving', /redirects|could not be reached/],
      ['/to-script', /public https addresses only/],
      ['/to-file', /public https addresses only/],
      ['/to-endless-address', /address is longer than the hub accepts/],
      ['/download', /download/],
    ] as const) {
      it(`${path} is not opened, which is said`, async () => {
        assert.match(await refusal('navigate', path), why);
      });
    }

    for (const url of [
      'file:///etc/hostname',
      'chrome://version',
      'view-source:https://a.dev/',
      'data:text/html,a',
      'about:blank',
      'http://169.254.169.254/',
      'https://10.0.0.1/',
    ]) {
      it(`${url} is not opened, neither first nor later`, async () => {
        assert.match(await refusal('navigate', '/', { url }), /cannot be opened/);
        assert.match(await refusal('run', '/', { steps: [{ action: 'navigate', url }] }), /cannot be opened/);
      });
    }

    it('a page that hangs costs the caller a step, and no more', async () => {
      const message = await refusal(
        'run',
        '/hangs',
        {
          steps: [
            { action: 'wait', milliseconds: 300 },
            { action: 'evaluate', expression: '1' },
          ],
        },
        { limits: { stepMs: 1500 }, allowEvaluate: true },
      );

      assert.match(message, /did not end in time/);
    });

    it('a picture or a document that is too large is an error that says so', async () => {
      assert.match(
        await refusal('screenshot', '/noise', {}, { limits: { artifactBytes: 100_000 } }),
        /too large.*jpeg/,
      );
      assert.match(await refusal('pdf', '/', {}, { limits: { artifactBytes: 100 } }), /too large/);
    });

    it('an address is told up to a length, wherever it is told', async () => {
      const { url, steps: done } = await facts('run', '/endless-address', {
        steps: [{ action: 'press', key: 'a' }, { action: 'tabs' }],
      });
      const [, pressed, { tabs } = {}] = done as readonly JsonObject[];

      const told = [url, pressed?.['url'], (tabs as readonly JsonObject[])[0]?.['url']];
      assert.deepEqual(
        told.map((address) => String(address).length),
        [2051, 2051, 2051],
      );
    });

    it('steps that find more than a result may be are done, and say so', async () => {
      const steps = Array.from({ length: 25 }, () => ({ action: 'snapshot' }));
      const result = await resultOf(answer('run', '/many-words', { steps }));
      const { steps: done } = result['structuredContent'] as { steps: readonly JsonObject[] };

      const size = Buffer.byteLength(JSON.stringify(result));
      assert.ok(size > 4_000_000 && size < 5_000_000, `${size} bytes`);
      assert.ok(done.every(({ ok }) => ok === true));
      assert.match(String(done.at(-1)?.['leftOut']), /does not fit/);
    });

    it('a page that asks for more than a call may use gets no more', async () => {
      site.clear();
      await facts('wait', '/many', { milliseconds: 500 }, { limits: { requests: 10 } });

      assert.equal(site.requests.length, 10);
      assert.match(
        await refusal('navigate', '/large', {}, { limits: { bodyBytes: 100_000 } }),
        /larger than the hub accepts/,
      );
    });

    it('a browser that sends more than the hub accepts is cut off', async () => {
      await failure(
        answer('screenshot', '/noise', {}, { limits: { relayedBytes: 500_000 } }),
        'upstream_response_too_large',
      );
    });
  });
}
