import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { listen } from '../../local/api/http-listener.ts';
import { createBrowser } from '../support/browser.ts';
import { registerClient } from '../support/oauth-client.ts';
import { startIssuer } from '../support/running-issuer.ts';

const SUITE = join(import.meta.dirname, '../../node_modules/@modelcontextprotocol/conformance/dist/index.js');

test('the local issuer passes the scenarios for authorization servers', { timeout: 60_000 }, async (t) => {
  const { publicUrl, issuer } = await startIssuer(t);
  const port = await freePort();
  const { body } = await registerClient(issuer.url, { redirect_uris: [`http://127.0.0.1:${port}/callback`] });
  const target = ['--url', issuer.url, '--resource', `${publicUrl}/mcp`];
  const suite = spawn(process.execPath, [SUITE, 'authorization', ...target, '--client-id', body.client_id, '-p', port]);
  t.after(() => suite.kill('SIGKILL'));

  const lines: string[] = [];
  createInterface({ input: suite.stdout }).on('line', (line) => {
    lines.push(line);
    // The suite prints the page that a person is to open.
    if (line.startsWith(`${issuer.url}/auth?`)) void allow(line, issuer.signInCode);
  });
  const [status] = await once(suite, 'close');

  assert.equal(status, 0, lines.join('\n'));
  assert.match(lines.join('\n'), /authorization-server-metadata-endpoint: \d+ passed, 0 failed/);
  assert.match(lines.join('\n'), /authorization-code-grant: \d+ passed, 0 failed/);
});

async function freePort(): Promise<string> {
  const listener = await listen(0);
  await listener.close();
  return new URL(listener.url).port;
}

async function allow(page: string, code: string): Promise<void> {
  const browser = createBrowser(new URL(page).origin);
  const form = { tenant: 'demo', name: 'ann', code, decision: 'allow' };
  const { url } = await browser.submit(await browser.visit(page), form);
  await fetch(url);
}
