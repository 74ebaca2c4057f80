import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Egress } from '../../lambdas/adapters/egress/egress.ts';
import { createEgressAsDeployed } from '../../live/egress-as-deployed.ts';
import { FAILED, HOLDS, NOT_BEGUN, runLive } from '../../live/run-live.ts';
import { SERVICES } from '../../live/services.ts';
import { egressError, egressFor } from '../support/egress.ts';
import { startBraveApi } from '../support/upstreams/brave/brave-api.ts';
import { MAPS_RESULTS } from '../support/upstreams/maps-results.ts';
import { type MapsServer, startMapsServer } from '../support/upstreams/maps-server.ts';

const KEY = 'canary-7f3a9b-live';

describe('the check of a real service, as a command', () => {
  it('explains itself with every service and its variable', async () => {
    const { code, output } = await command(['--help']);

    assert.equal(code, 0);
    for (const [name, { variable }] of Object.entries(SERVICES)) {
      assert.match(output, new RegExp(`^ +${name} +${variable} `, 'm'));
    }
  });

  for (const [name, { variable, server }] of Object.entries(SERVICES)) {
    it(`${name} without its credential asks nothing and says how to get one`, async () => {
      const { code, output } = await command([name], { [variable]: ' ' });

      assert.equal(code, NOT_BEGUN);
      assert.ok(output.startsWith(`${variable} is not set`));
      assert.ok(output.includes(server.credentialHelp));
    });
  }

  for (const args of [[], ['no-such-service'], ['toString'], ['maps', 'maps'], ['--no-such-option']]) {
    it(`${JSON.stringify(args)} asks nothing`, async () => {
      const { code, output } = await command(args);

      assert.equal(code, NOT_BEGUN);
      assert.match(output, /name one service: .*maps|Unknown option/);
    });
  }
});

for (const era of ['modern', 'legacy'] as const) {
  it(`everything holds of a ${era} server that answers as documented`, async (t) => {
    const { check } = await maps(t, await startMapsServer({ era, key: KEY }));

    const { code, lines } = await check();

    assert.equal(code, HOLDS);
    assert.equal(lines.at(-1), 'everything holds');
    assert.ok(lines.some((line) => /^search_places +\d+ ms {2}answered$/.test(line)));
    assert.ok(lines.some((line) => /^ +\{"routes":\[\{"distanceMeters":1280,/.test(line)));
    assert.ok(lines.some((line) => /^ +yes {2}an attribution of the route$/.test(line)));
  });
}

it('everything holds of an API that answers as Brave documents', async (t) => {
  const api = await startBraveApi(t, KEY);
  const { check } = checkOf(t, 'brave', api.origin);

  const { code, lines } = await check();

  assert.deepEqual([code, lines.at(-1)], [HOLDS, 'everything holds']);
  assert.ok(api.requests.every(({ headers }) => headers['x-subscription-token'] === KEY));
});

describe('the check of a real service fails', () => {
  it('where an answer has another shape', async (t) => {
    const results = { ...MAPS_RESULTS, compute_routes: { routes: [{ distanceMeters: 1280, duration: '960s' }] } };
    const { check } = await maps(t, await startMapsServer({ era: 'legacy', key: KEY, results }));

    const { code, lines } = await check();

    assert.equal(code, FAILED);
    assert.ok(lines.some((line) => /^ +NO {3}an attribution of the route$/.test(line)));
    assert.equal(lines.at(-1), '1 fact does not hold');
  });

  it('where the credential is refused, and goes on to the end', async (t) => {
    const { server, check } = await maps(t, await startMapsServer({ era: 'modern', key: 'another' }));

    const { code, lines } = await check();

    assert.equal(code, FAILED);
    assert.equal(lines.filter((line) => line.includes('upstream_unauthorized')).length, 5);
    assert.doesNotMatch(lines.join('\n'), /canary/);
    assert.ok(server.requests.length > 0);
  });
});

it('what comes back is shown without the credential', async (t) => {
  const results = { ...MAPS_RESULTS, compute_routes: { routes: [], you: `sent ${KEY}\u001b[31m` } };
  const { check } = await maps(t, await startMapsServer({ era: 'modern', key: KEY, results }));

  const { lines } = await check();

  assert.ok(lines.some((line) => line.includes('{"routes":[],"you":"sent [redacted]')));
  assert.doesNotMatch(lines.join('\n'), /canary|\p{Cc}(?<!\n)/u);
});

describe('the guard of the check', () => {
  for (const [url, code] of [
    ['http://127.0.0.1:8787/', 'SCHEME'],
    ['https://127.0.0.1/', 'IP_NOT_PUBLIC'],
    ['https://10.0.0.1/', 'IP_NOT_PUBLIC'],
    ['https://localhost/', 'HOST'],
    ['http://mapstools.googleapis.com/mcp', 'SCHEME'],
    ['https://mapstools.googleapis.com:8443/mcp', 'PORT'],
  ] as const) {
    it(`refuses ${url}, as deployed`, (t) => {
      const egress = createEgressAsDeployed();
      t.after(() => egress.close());

      assert.throws(() => egress.parse(url), egressError(code));
    });
  }

  it('keeps the credential from a server on this machine', async (t) => {
    const egress = createEgressAsDeployed();
    t.after(() => egress.close());
    const { server, check } = await maps(t, await startMapsServer({ era: 'modern', key: KEY }), egress);

    const { code, lines } = await check();

    assert.equal(code, FAILED);
    assert.ok(lines.some((line) => line.includes('address_refused')));
    assert.deepEqual(server.requests, []);
  });
});

async function maps(t: TestContext, server: MapsServer, egress?: Egress) {
  t.after(() => server.close());
  return { server, ...checkOf(t, 'maps', server.url, egress) };
}

/** A check as the command wires it, but for the address of the service and, unless it is given, the guard. */
function checkOf(t: TestContext, name: string, url: string, egress: Egress = egressFor(t)) {
  const service = SERVICES[name];
  assert.ok(service !== undefined);
  const here = { ...service, server: { ...service.server, url } };
  const check = async () => {
    const lines: string[] = [];
    const code = await runLive({
      names: [name],
      env: { [service.variable]: `${KEY}\n` },
      services: { [name]: here },
      print: (line) => lines.push(line),
      egress,
      hubId: 'live-check',
      now: Date.now,
    });
    return { code, lines };
  };
  return { check };
}

/** The command as people run it, without their environment. */
function command(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const program = fileURLToPath(new URL('../../live/check.ts', import.meta.url));
  return new Promise<{ code: number; output: string }>((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}
