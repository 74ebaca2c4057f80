import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSignInCheck, loadSignInCode } from '../../../local/issuer/sign-in-code.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const CODE = 'ABCDE-23456';

test('the code is made once per data directory, for its owner only', (t) => {
  const dataDirectory = temporaryDirectory(t);

  const codes = [loadSignInCode(dataDirectory), loadSignInCode(dataDirectory), loadSignInCode(temporaryDirectory(t))];

  assert.match(codes[0] ?? '', /^[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}$/);
  assert.equal(codes[0], codes[1]);
  assert.notEqual(codes[0], codes[2]);
  const file = join(dataDirectory, 'sign-in-code');
  assert.equal(readFileSync(file, 'utf8'), codes[0]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a file without a code worth the name is no code that everybody knows', (t) => {
  const dataDirectory = temporaryDirectory(t);
  const file = join(dataDirectory, 'sign-in-code');
  for (const text of ['', '\n', '-----', 'ABC-DEF']) {
    writeFileSync(file, text);

    assert.throws(() => loadSignInCode(dataDirectory), /delete it/, JSON.stringify(text));
  }
});

test('a code is the same however it is typed', () => {
  for (const typed of ['ABCDE-23456', 'abcde23456', ' ABCDE 23456 '])
    assert.equal(createSignInCheck(CODE)(typed), 'right');
  for (const typed of ['', 'ABCDE-2345', 'ABCDE-234567', 'ABCDE-23457']) {
    assert.equal(createSignInCheck(CODE)(typed), 'wrong', typed);
  }
});

test('ten wrong tries within a minute lock the code until the first of them is a minute old', () => {
  const clock = { time: 0, now: () => clock.time };
  const check = createSignInCheck(CODE, clock);
  for (let tries = 0; tries < 10; tries += 1) {
    assert.equal(check('wrong'), 'wrong');
    clock.time += 1_000;
  }

  assert.equal(check(CODE), 'locked');
  clock.time = 59_999;
  assert.equal(check(CODE), 'locked');
  clock.time = 60_000;
  assert.equal(check('wrong'), 'wrong');
  assert.equal(check(CODE), 'locked', 'nine of the ten are younger');
  clock.time = 61_000;
  assert.equal(check(CODE), 'right');
});

test('right codes are not counted', () => {
  const check = createSignInCheck(CODE);

  const attempts = Array.from({ length: 20 }, () => check(CODE));

  assert.deepEqual(new Set(attempts), new Set(['right']));
});
