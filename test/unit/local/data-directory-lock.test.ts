import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { lockDataDirectory } from '../../../local/data-directory-lock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const DEAD = JSON.stringify({ pid: spawnSync(process.execPath, ['--version']).pid, process: 'x' });
const ROUNDS = 4;

/** A process that tries to lock the directory when it is told, and says what came of it. */
function startContender(t: TestContext, directory: string) {
  const program = `
    import { lockDataDirectory } from ${JSON.stringify(new URL('../../../local/data-directory-lock.ts', import.meta.url))};
    console.log('ready');
    process.stdin.once('data', () => {
      try {
        lockDataDirectory(${JSON.stringify(directory)});
        console.log('locked');
      } catch {
        console.log('refused');
      }
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  return {
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    send: () => child.stdin.write('go'),
  };
}

test('a directory in use is refused until it is let go', (t) => {
  const directory = temporaryDirectory(t);
  const release = lockDataDirectory(directory);

  assert.throws(() => lockDataDirectory(directory), new RegExp(`in use by the hub with process id ${process.pid}`));
  release();

  lockDataDirectory(directory)();
  assert.equal(existsSync(join(directory, 'hub.lock')), false);
});

test('the lock of another living process is respected', (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'hub.lock'), JSON.stringify({ pid: process.ppid, process: 'x' }));

  assert.throws(() => lockDataDirectory(directory), /set NEXUS_DATA to another directory/);
});

test(
  'of hubs that find the lock of a dead one at the same instant, one takes it over',
  {
    timeout: 60_000,
  },
  async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      const directory = temporaryDirectory(t);
      writeFileSync(join(directory, 'hub.lock'), DEAD);
      const hubs = Array.from({ length: 6 }, () => startContender(t, directory));
      await Promise.all(hubs.map(({ lines }) => lines.next()));

      // All are ready; the closer the instants, the harder the test.
      for (const { send } of hubs) send();
      const outcomes = await Promise.all(hubs.map(async ({ lines }) => (await lines.next()).value));

      assert.deepEqual(outcomes.toSorted(), ['locked', ...Array.from({ length: 5 }, () => 'refused')]);
    }
  },
);

test('while another process takes a dead lock over, the directory is in use', (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'hub.lock'), DEAD);
  writeFileSync(join(directory, 'hub.lock.takeover'), JSON.stringify({ pid: process.ppid, process: 'x' }));

  assert.throws(() => lockDataDirectory(directory), new RegExp(`in use by the hub with process id ${process.ppid}`));
  assert.equal(readFileSync(join(directory, 'hub.lock'), 'utf8'), DEAD);
});

test('a process that died while it took over is no obstacle', (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'hub.lock'), DEAD);
  writeFileSync(join(directory, 'hub.lock.takeover'), DEAD);

  const release = lockDataDirectory(directory);
  release();

  assert.deepEqual(readdirSync(directory), []);
});

const leftovers: readonly [what: string, content: () => string][] = [
  ['of a dead process', () => DEAD],
  ['of an earlier process with our id', () => JSON.stringify({ pid: process.pid, process: 'x' })],
  ['that is empty', () => ''],
];

for (const [what, content] of leftovers) {
  test(`a lock ${what} is taken over`, (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, 'hub.lock'), content());

    assert.doesNotThrow(lockDataDirectory(directory));
  });
}
