import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Exhaustion,
  exhaustionIn,
  type RefusedFor,
} from '../../../lambdas/adapters/upstreams/rest/rate-windows.ts';

const NOW = Date.UTC(2026, 10, 26);
const MONTH = 2_592_000;

/** A plan of one request a second and 2000 a month, as far as the test does not say otherwise. */
function headersOf(settings: Record<string, string> = {}): Headers {
  const headers = {
    'x-ratelimit-limit': '1, 2000',
    'x-ratelimit-policy': `1;w=1, 2000;w=${MONTH}`,
    'x-ratelimit-remaining': '1, 1985',
    'x-ratelimit-reset': '1, 1419704',
  };
  return new Headers({ ...headers, ...settings });
}

const remaining = (text: string) => headersOf({ 'x-ratelimit-remaining': text });
const RATE = { resetSeconds: 1, isQuota: false };
const QUOTA = { resetSeconds: 1_419_704, isQuota: true };

const table: readonly (readonly [fact: string, Headers, RefusedFor | undefined, Exhaustion | undefined])[] = [
  ['no limit is exhausted while something remains', headersOf(), undefined, undefined],
  ['no headers say nothing', new Headers(), undefined, undefined],
  ['the window of a second is a rate', remaining('0, 1985'), undefined, RATE],
  ['the window of a month is a quota', remaining('1, 0'), undefined, QUOTA],
  ['of two exhausted windows counts the one that ends last', remaining('0, 0'), undefined, QUOTA],
  [
    'a limit of 0 is none, whatever remains of it',
    headersOf({ 'x-ratelimit-limit': '50, 0', 'x-ratelimit-remaining': '49, 0' }),
    undefined,
    undefined,
  ],
  [
    'a window that resets now still takes a second',
    headersOf({ 'x-ratelimit-remaining': '0, 5', 'x-ratelimit-reset': '0, 9' }),
    undefined,
    RATE,
  ],
  ['a refusal for the rate, with something left, was the rate', headersOf(), 'rate', RATE],
  ['a refusal for the quota, with something left, was the quota', headersOf(), 'quota', QUOTA],
  ['a refusal for the quota is not over with the second', remaining('0, 7'), 'quota', QUOTA],
  [
    'a refusal without windows is over when Retry-After says so',
    new Headers({ 'retry-after': '7' }),
    'rate',
    {
      resetSeconds: 7,
      isQuota: false,
    },
  ],
  ['a refusal that says nothing may be over at any time', new Headers(), 'quota', undefined],
  ['what is no number is no window', headersOf({ 'x-ratelimit-remaining': '-1, none' }), undefined, undefined],
  [
    'a window without its reset is none',
    headersOf({ 'x-ratelimit-remaining': '1, 0', 'x-ratelimit-reset': '1' }),
    undefined,
    undefined,
  ],
  [
    'without a policy, a reset in days is a quota',
    headersOf({ 'x-ratelimit-policy': '', 'x-ratelimit-remaining': '1, 0' }),
    undefined,
    QUOTA,
  ],
];

describe('the windows of an API', () => {
  for (const [fact, headers, refusedFor, expected] of table) {
    it(fact, () => {
      const exhausted = exhaustionIn(headers, refusedFor, NOW);

      const seen = exhausted && { resetSeconds: exhausted.resetSeconds, isQuota: exhausted.isQuota };
      assert.deepEqual(seen, expected);
    });
  }
});
