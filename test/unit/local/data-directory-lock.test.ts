import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockDataDirectory } from '../../../local/data-directory-lock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

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

const leftovers: readonly [what: string, content: () => string][] = [
  ['of a dead process', () => JSON.stringify({ pid: spawnSync(process.execPath, ['--version']).pid, process: 'x' })],
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
