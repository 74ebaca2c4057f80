import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { prepareDataDirectory } from '../../../local/data-directory.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('a data directory is made with its parents, for its owner alone', (t) => {
  const directory = join(temporaryDirectory(t), 'a', 'b');

  prepareDataDirectory(directory);
  prepareDataDirectory(directory);

  assert.equal(statSync(directory).mode & 0o777, 0o700);
});

const unusable: readonly [what: string, path: (file: string) => string][] = [
  ['a file', (file) => file],
  ['a place below a file', (file) => join(file, 'a', 'b')],
  ['a device', () => '/dev/null'],
  ['a directory that the kernel keeps to itself', () => '/proc/nexus'],
  ['a directory that nobody may write to', () => '/sys/nexus/data'],
];

for (const [what, path] of unusable) {
  test(`${what} is no data directory, which one sentence explains`, (t) => {
    const file = join(temporaryDirectory(t), 'file');
    writeFileSync(file, '');

    assert.throws(() => prepareDataDirectory(path(file)), {
      message: /^the data directory \/\S+ cannot be used \([^)]+\): set NEXUS_DATA to a directory that .*$/,
    });
  });
}
