import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { welcome } from '../../../local/welcome.ts';

test('who starts the hub is told where it is, a token, and what the sign-in page asks for', () => {
  const text = stripVTControlCharacters(
    welcome({
      url: 'http://127.0.0.1:8787',
      token: 'a.b.c',
      signInCode: 'ABCDE-23456',
      dataDirectory: '/data',
      hasBrowser: false,
    }),
  );

  assert.match(text, /Nexus Hub is at http:\/\/127\.0\.0\.1:8787 .*data in \/data/);
  assert.match(text, /export TOKEN=a\.b\.c\n/);
  assert.match(text, /sign-in code ABCDE-23456\n/);
  assert.match(text, /No Chromium was found/);
});
