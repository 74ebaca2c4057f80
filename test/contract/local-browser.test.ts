import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright-core';
import { createBrowserUpstream } from '../../lambdas/adapters/upstreams/browser/browser-upstream.ts';
import { offerLocalBrowser } from '../../local/browser/browser-on-demand.ts';
import { findChromium } from '../../local/browser/find-chromium.ts';
import { startLocalBrowser } from '../../local/browser/start-local-browser.ts';
import { browserTargetOf } from '../support/browser/browser-under-test.ts';
import { chromiumPath } from '../support/browser/chromium.ts';
import { egressFor } from '../support/egress.ts';
import { serveHttp } from '../support/loopback-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { callOf, contextOf, resultOf } from '../support/upstreams/upstream-under-test.ts';

describe('the browser of the local hub', { timeout: 120_000 }, () => {
  it('is one that the hub can use, and ends when it is closed', async (t) => {
    const site = await serveHttp(t, (_request, response) => response.end('<title>Here</title>'));
    const browser = await startLocalBrowser({ ...process.env, CHROMIUM_PATH: chromiumPath() });
    assert.ok(browser !== undefined);
    const upstream = createBrowserUpstream({ egress: egressFor(t), now: Date.now });
    const call = callOf('screenshot', { url: `http://127.0.0.1:${site.port}/` });

    const { isError } = await resultOf(
      upstream.callTool(browserTargetOf(browser.endpoint), call, contextOf({ ms: 60_000 })),
    );
    await browser.close();

    assert.notEqual(isError, true);
    await assert.rejects(fetch(browser.endpoint.replace('ws', 'http')));
  });

  it('ends with a hub that is killed', async (t) => {
    const module = join(import.meta.dirname, '../../local/browser/start-local-browser.ts');
    const code = `const { startLocalBrowser } = await import(${JSON.stringify(module)});
      console.log((await startLocalBrowser())?.endpoint ?? 'none'); setInterval(() => {}, 1000);`;
    const hub = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, CHROMIUM_PATH: chromiumPath() },
    });
    t.after(() => hub.kill('SIGKILL'));
    const [endpoint] = (await once(createInterface(hub.stdout), 'line')) as [string];
    assert.match(endpoint, /^ws:\/\/127\.0\.0\.1:/);
    const started = descendantsOf(hub.pid ?? 0);
    assert.ok(started.length > 1, 'there is no Chromium');

    hub.kill('SIGKILL');

    for (let waited = 0; waited < 300 && started.some(isAlive); waited++) await delay(100);
    assert.deepEqual(started.filter(isAlive), []);
  });

  it('is missing where there is no Chromium, or one that does not start', async (t) => {
    const directory = temporaryDirectory(t);
    const broken = join(directory, 'chromium');
    writeFileSync(broken, '#!/bin/sh\nexit 1\n');

    assert.equal(findChromium({ PATH: directory }), undefined);
    chmodSync(broken, 0o755);
    assert.equal(findChromium({ PATH: directory }), broken);
    assert.equal(findChromium({ PATH: directory, CHROMIUM_PATH: join(directory, 'other') }), undefined);
    assert.equal(await startLocalBrowser({ PATH: directory }), undefined);
  });

  it('is started anew when it did not start, and when it crashed', async (t) => {
    const directory = temporaryDirectory(t);
    const wrapper = join(directory, 'chromium');
    const [allowed, pid] = [join(directory, 'allowed'), join(directory, 'pid')];
    const lines = ['#!/bin/sh', `[ -e '${allowed}' ] || exit 1`, `echo $$ > '${pid}'`, `exec '${chromiumPath()}' "$@"`];
    writeFileSync(wrapper, lines.join('\n'), { mode: 0o755 });
    const offer = await offerLocalBrowser({ PATH: directory, CHROMIUM_PATH: wrapper });
    t.after(() => offer?.close());
    const endpoint = offer?.endpoint ?? 'there is none';

    await assert.rejects(chromium.connect(endpoint));
    writeFileSync(allowed, '');
    const first = await chromium.connect(endpoint);
    const lost = new Promise((resolve) => first.once('disconnected', resolve));
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
    await lost;
    const second = await connectedAtLast(endpoint);

    assert.ok(second !== undefined, 'there is no browser any more');
    await second.close();
  });
});

/** That it crashed is known a little later than to who was using it. */
async function connectedAtLast(endpoint: string): Promise<Browser | undefined> {
  for (let tried = 0; tried < 50; tried++) {
    const browser = await chromium.connect(endpoint).catch(() => undefined);
    // Its server may still take connections when the browser is gone.
    if ((await browser?.newContext().catch(() => undefined)) !== undefined) return browser;
    await delay(100);
  }
  return undefined;
}

/** Of all processes of this machine, those below one; as Linux lists them. */
function descendantsOf(root: number): readonly number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(Number(name))]),
  );
  const below = new Set([root]);
  for (let before = 0; before < below.size;) {
    before = below.size;
    for (const [pid, parent] of parents) if (parent !== undefined && below.has(parent)) below.add(pid);
  }
  below.delete(root);
  return [...below];
}

function parentOf(pid: number): number | undefined {
  return Number(statusOf(pid)?.[1]);
}

/** A process that ended and was not buried yet is not alive. */
function isAlive(pid: number): boolean {
  const state = statusOf(pid)?.[0];
  return state !== undefined && state !== 'Z';
}

/** State and parent, which follow the name in parentheses. */
function statusOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
