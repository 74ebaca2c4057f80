import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextPageIn } from '../../../lambdas/adapters/upstreams/github/next-page.ts';
import { rateLimitSeconds } from '../../../lambdas/adapters/upstreams/github/rate-limit.ts';
import { withinApi } from '../../../lambdas/adapters/upstreams/github/within-api.ts';

const NOW = Date.UTC(2026, 10, 26, 12, 0, 0) + 250;
const RESET = String(Math.floor(NOW / 1000) + 90);

describe('how long GitHub wants to be left alone', () => {
  const table: readonly (readonly [string, number, Record<string, string>, string, number | undefined])[] = [
    ['as long as it says', 403, { 'retry-after': '30' }, '', 30],
    ['as long as it says, also for its own limit', 429, { 'retry-after': '30', 'x-ratelimit-remaining': '0' }, '', 30],
    ['until its hour begins', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': RESET }, '', 90],
    ['a second, where that has begun', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }, '', 1],
    ['an hour at most', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' }, '', 3600],
    ['a minute, where the hour is unreadable', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'x' }, '', 60],
    ['a minute, where it says nothing', 429, {}, '', 60],
    ['a minute, for a limit that it only speaks of', 403, {}, 'You have exceeded a secondary rate limit.', 60],
    ['not at all, where it refuses for another reason', 403, { 'x-ratelimit-remaining': '9' }, 'Forbidden', undefined],
    ['not at all, where it refuses with another status', 404, { 'x-ratelimit-remaining': '0' }, '', undefined],
  ];
  for (const [name, status, headers, words, seconds] of table) {
    it(`is ${name}`, () => {
      const header = (wanted: string) => headers[wanted];

      assert.equal(rateLimitSeconds({ status, header, words }, NOW), seconds);
    });
  }
});

describe('the next page', () => {
  const table: readonly (readonly [string | undefined, number | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['<https://api.github.com/x?page=2&per_page=3>; rel="next", <https://api.github.com/x?page=9>; rel="last"', 2],
    ['<https://api.github.com/x?page=1>; rel="prev", <https://api.github.com/x?per_page=3&page=30>; rel="next"', 30],
    ['<https://api.github.com/x?page=1>; rel="prev"', undefined],
    ['<https://api.github.com/x?page=0>; rel="next"', undefined],
    ['<https://api.github.com/x?page=two>; rel="next"', undefined],
    ['<not a url>; rel="next"', undefined],
    ['<https://api.github.com/x?after=abc>; rel="next"', undefined],
  ];
  for (const [link, expected] of table) {
    it(`of ${link} is ${expected}`, () => assert.equal(nextPageIn(link), expected));
  }
});

describe('a redirect stays within the API', () => {
  const base = new URL('https://ghe.example.com/api/v3');
  const table: readonly (readonly [string, boolean])[] = [
    ['https://ghe.example.com/api/v3/repositories/7', true],
    ['/api/v3/repositories/7?page=2', true],
    ['https://ghe.example.com/api/v30/x', false],
    ['https://ghe.example.com/api/v3/../../x', false],
    ['https://ghe.example.com:8443/api/v3/x', false],
    ['http://ghe.example.com/api/v3/x', false],
    ['https://ghe.example.com.evil.example/api/v3/x', false],
    ['//evil.example/api/v3/x', false],
    ['', false],
  ];
  for (const [location, expected] of table) {
    it(`${expected ? 'at' : 'unlike at'} ${location || 'nowhere'}`, () =>
      assert.equal(withinApi(base, location) !== undefined, expected));
  }

  it('anywhere on the host of api.github.com', () => {
    assert.ok(withinApi(new URL('https://api.github.com'), 'https://api.github.com/repositories/7'));
  });
});
