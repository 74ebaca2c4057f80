import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type * as restUpstreamModule from '../../lambdas/adapters/upstreams/rest/rest-upstream.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import type { RestServer } from '../../lambdas/hub/system/rest-tool.ts';
import type * as systemCatalogModule from '../../lambdas/hub/system/system-catalog.ts';
import type * as systemServersModule from '../../lambdas/hub/system/system-servers.ts';
import type * as tenantSystemServerModule from '../../lambdas/hub/system/tenant-system-server.ts';
import { CLOSED } from '../../lambdas/hub/upstreams/circuit.ts';
import { egressFor } from '../support/egress.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type RecordingServer, startRecordingServer } from '../support/upstreams/recording-server.ts';
import { contextOf, HUB_ID, resultOf, secretOf } from '../support/upstreams/upstream-under-test.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('a fifth system server, added to a copy of the code as the documentation says', () => {
  it('compiles', async (t) => {
    const copy = await copyWithWeather(t);
    const include = ['lambdas/hub/system/system-servers.ts'];
    await writeFile(join(copy, 'tsconfig.json'), JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include }));

    const { stdout } = await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['--project', copy]);

    assert.equal(stdout, '');
  });

  it('is found for a tenant that did nothing', async (t) => {
    const { servers, tenantServer, catalog } = await load(await copyWithWeather(t));
    const known = await servers.loadSystemServer('weather');
    assert.ok(known !== undefined);

    const server = tenantServer.tenantSystemServer(tenantIdSchema.parse('acme'), known, tenantServer.NO_ROWS);
    const { tools } = catalog.systemCatalog(known);

    assert.equal(server.credentialType, 'none');
    assert.deepEqual(
      tools.map(({ exposedName, state }) => [exposedName, state]),
      [['weather_forecast', 'active']],
    );
  });

  it('is called, with its credential', async (t) => {
    const { server, call } = await weather(t, (response) =>
      response.end(JSON.stringify({ days: [{ date: '2026-11-27', weather: 'fog' }] })),
    );

    const result = await resultOf(call({ place: 'Basel, Switzerland', days: 1 }));

    assert.deepEqual(result, {
      content: [{ type: 'text', text: '2026-11-27: fog' }],
      structuredContent: { days: [{ date: '2026-11-27', weather: 'fog' }] },
    });
    assert.deepEqual(
      server.requests.map(({ httpMethod, path, headers }) => [httpMethod, path, headers['x-api-key']]),
      [['GET', '/v1/forecast?place=Basel%2C+Switzerland&days=1', 'k3y']],
    );
  });

  it("says what is wrong with arguments, its own way or the API's", async (t) => {
    const { server, call } = await weather(t, (response) =>
      response.writeHead(404).end(JSON.stringify({ error: 'no such place' })),
    );

    const refused = await resultOf(call({ place: 'Basel', days: 8 }));
    const unknown = await resultOf(call({ place: 'Nowhere' }));

    assert.deepEqual(refused, {
      content: [{ type: 'text', text: '"days" has to be a whole number from 1 to 7' }],
      isError: true,
    });
    assert.deepEqual(unknown, { content: [{ type: 'text', text: 'no such place' }], isError: true });
    assert.equal(server.requests.length, 1);
  });

  it('fails as every server does when its credential is refused', async (t) => {
    const { call } = await weather(t, (response) => response.writeHead(401).end('{}'));

    await assert.rejects(call({ place: 'Basel' }), { name: 'HubError', code: 'upstream_unauthorized' });
  });
});

/** The code with the file that the documentation shows, and with its line in the list. */
async function copyWithWeather(t: TestContext): Promise<string> {
  const copy = temporaryDirectory(t);
  const system = join(copy, 'lambdas/hub/system');
  await cp(join(ROOT, 'lambdas'), join(copy, 'lambdas'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(copy, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const page = await readFile(join(ROOT, 'docs/servers/README.md'), 'utf8');
  const shown = /<!-- weather\.ts -->\n```ts\n(?<code>.*?)```/s.exec(page)?.groups?.['code'];
  assert.ok(shown !== undefined, 'the documentation shows the file');
  await writeFile(join(system, 'weather.ts'), shown);
  const list = await readFile(join(system, 'system-servers.ts'), 'utf8');
  const line = /<!-- the line -->\n```ts\n(?<code>.*?)```/s.exec(page)?.groups?.['code'];
  assert.ok(line !== undefined, 'the documentation shows the line');
  const longer = list.replace(/^};$/m, `${line}};`);
  assert.notEqual(longer, list);
  await writeFile(join(system, 'system-servers.ts'), longer);
  return copy;
}

interface Loaded {
  readonly servers: typeof systemServersModule;
  readonly tenantServer: typeof tenantSystemServerModule;
  readonly catalog: typeof systemCatalogModule;
  readonly rest: typeof restUpstreamModule;
  readonly WEATHER: RestServer;
}

async function load(copy: string): Promise<Loaded> {
  const from = (file: string) => import(pathToFileURL(join(copy, 'lambdas', file)).href);
  const { WEATHER } = await from('hub/system/weather.ts');
  return {
    servers: await from('hub/system/system-servers.ts'),
    tenantServer: await from('hub/system/tenant-system-server.ts'),
    catalog: await from('hub/system/system-catalog.ts'),
    rest: await from('adapters/upstreams/rest/rest-upstream.ts'),
    WEATHER,
  };
}

type Answer = (response: Parameters<Parameters<typeof startRecordingServer>[0]>[1]) => unknown;

async function weather(t: TestContext, answer: Answer) {
  const server: RecordingServer = await startRecordingServer((_request, response) => answer(response));
  t.after(() => server.close());
  const { WEATHER, tenantServer, rest } = await load(await copyWithWeather(t));
  const upstream = rest.createRestUpstream({ egress: egressFor(t), hubId: HUB_ID, now: Date.now, servers: [WEATHER] });
  const known = tenantServer.tenantSystemServer(tenantIdSchema.parse('acme'), WEATHER, tenantServer.NO_ROWS);
  const secret = secretOf(server.origin, { credential: { type: 'header', name: 'X-Api-Key', value: 'k3y' } });
  const target = { ...known, url: server.origin, secret, negotiated: undefined, circuit: CLOSED };
  const [tool] = WEATHER.tools;
  assert.ok(tool !== undefined);
  const { definition } = tool;
  const call = (args: Parameters<typeof tool.request>[0]) =>
    upstream.callTool(target, { name: definition.name, arguments: args, definition }, contextOf());
  return { server, call };
}
