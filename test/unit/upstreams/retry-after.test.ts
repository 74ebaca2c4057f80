import assert from 'node:assert/strict';
import { it } from 'node:test';
import { retryAfterSeconds } from '../../../lambdas/adapters/upstreams/retry-after.ts';

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);

const table: readonly (readonly [string | null, number | undefined])[] = [
  ['120', 120],
  [' 5 ', 5],
  ['0', 1],
  ['999999999', 3600],
  ['Mon, 23 Nov 2026 12:01:30 GMT', 90],
  ['Mon, 23 Nov 2026 11:00:00 GMT', 1],
  ['Tue, 24 Nov 2026 12:00:00 GMT', 3600],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
];

for (const [header, seconds] of table) {
  it(`a Retry-After of ${JSON.stringify(header)} is ${seconds} seconds`, () => {
    assert.equal(retryAfterSeconds(header, NOW), seconds);
  });
}
