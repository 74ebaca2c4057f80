import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { prepareDataDirectory } from '../data-directory.ts';
import { ensurePrivateFile, readFileIfPresent } from '../private-file.ts';

/** Digits and letters that are not mistaken for each other. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 2;
const GROUP_LENGTH = 5;
/** Of a code that somebody chose: fewer could be guessed, at ten tries a minute. */
const MIN_LENGTH = 8;

const WRONG_TRIES = 10;
const WINDOW_MS = 60_000;

export type Attempt = 'right' | 'wrong' | 'locked';
export type CheckSignInCode = (candidate: string) => Attempt;

/** Random, made once per data directory: who may read that directory may sign in. */
export function loadSignInCode(dataDirectory: string): string {
  prepareDataDirectory(dataDirectory);
  const file = join(dataDirectory, 'sign-in-code');
  const code = (readFileIfPresent(file) ?? ensurePrivateFile(file, randomCode())).trim();
  // An empty one would let in whoever types nothing.
  if (significant(code).length >= MIN_LENGTH) return code;
  throw new Error(
    `${file} holds no sign-in code of ${MIN_LENGTH} letters and digits: delete it, and a new one is made`,
  );
}

/** Compares in constant time. After ten wrong tries within a minute even the right code is refused. */
export function createSignInCheck(code: string, clock: { now(): number } = performance): CheckSignInCode {
  const expected = digest(code);
  let wrongTries: number[] = [];
  return (candidate) => {
    const now = clock.now();
    wrongTries = wrongTries.filter((at) => now - at < WINDOW_MS);
    if (wrongTries.length >= WRONG_TRIES) return 'locked';
    if (timingSafeEqual(digest(candidate), expected)) return 'right';
    wrongTries.push(now);
    return 'wrong';
  };
}

function randomCode(): string {
  const group = () => Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

function digest(code: string): Buffer {
  return createHash('sha256').update(significant(code)).digest();
}

/** What counts in a code: spaces, hyphens and small letters are how people type. */
function significant(code: string): string {
  return code.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
}
