import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { childrenOf, freePort, isAlive, START_PROGRAM, startHubProcess } from '../support/started-hub.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const LOCAL = join(import.meta.dirname, '../../local');

function startInVain(env: Record<string, string>) {
  return spawnSync(process.execPath, [START_PROGRAM], { env, encoding: 'utf8', timeout: 20_000 });
}

const assemblyMadeAt = (dataDirectory: string): number =>
  statSync(join(dataDirectory, 'cdk.out', 'manifest.json')).mtimeMs;

for (const unusable of ['/dev/null', '/proc/nexus']) {
  test(`npm start says at once that ${unusable} cannot hold data`, async () => {
    const env = { PORT: await freePort(), NEXUS_DATA: unusable };

    const { status, stderr } = startInVain(env);

    assert.equal(status, 1);
    assert.match(stderr, /^the data directory \S+ cannot be used .*: set NEXUS_DATA to a directory .*\n$/);
  });
}

test('npm start serves until it is told to stop, and leaves nothing behind', { timeout: 120_000 }, async (t) => {
  const dataDirectory = temporaryDirectory(t);
  const otherDirectory = temporaryDirectory(t);
  const env = { PORT: await freePort(), NEXUS_DATA: dataDirectory };
  const { url, signInCode, process: hub } = await startHubProcess(t, env);
  const { stdout: token } = await promisify(execFile)(process.execPath, [join(LOCAL, 'token.ts'), '--tenant', 'acme'], {
    env,
  });

  const health = await fetch(`${url}/v1/health`);
  const tools = await fetch(`${url}/v1/tools`, { headers: { authorization: `Bearer ${token.trim()}` } });
  const madeAt = assemblyMadeAt(dataDirectory);
  const second = startInVain(env);
  const elsewhere = startInVain({ ...env, NEXUS_DATA: otherDirectory });
  const children = childrenOf(hub);
  hub.kill('SIGTERM');
  const [status] = await once(hub, 'exit');

  assert.equal(url, `http://127.0.0.1:${env.PORT}`);
  assert.equal(signInCode, readFileSync(join(dataDirectory, 'sign-in-code'), 'utf8'));
  assert.deepEqual([health.status, tools.status], [200, 200]);
  assert.equal(second.status, 1);
  assert.match(second.stderr, /is in use by the hub with process id \d+/);
  assert.equal(assemblyMadeAt(dataDirectory), madeAt, 'the second start left the assembly of the first alone');
  assert.equal(elsewhere.status, 1);
  assert.match(elsewhere.stderr, /port \d+ is taken/);
  assert.deepEqual(readdirSync(otherDirectory), [], 'what cannot be served is not synthesized');
  assert.equal(status, 0);
  assert.ok(children.length >= 2, 'the database and at least one function ran');
  assert.deepEqual(children.filter(isAlive), []);
  assert.equal(existsSync(join(dataDirectory, 'hub.lock')), false);
});

test('npm start that is stopped before it serves gives its data back', { timeout: 60_000 }, async (t) => {
  const dataDirectory = temporaryDirectory(t);
  const env = { PORT: await freePort(), NEXUS_DATA: dataDirectory };
  const hub = spawn(process.execPath, [START_PROGRAM], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  t.after(() => hub.kill('SIGKILL'));
  const lock = join(dataDirectory, 'hub.lock');
  while (!existsSync(lock)) await delay(20);

  hub.kill('SIGINT');
  const [status] = await once(hub, 'exit');

  assert.equal(status, 130);
  assert.equal(existsSync(lock), false);
});
