import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenBucket } from '../../../local/api/token-bucket.ts';

function bucket(rate: number, burst: number) {
  const clock = { time: 0, now: () => clock.time };
  const take = createTokenBucket({ rate, burst }, clock);
  return {
    clock,
    /** How many of so many requests at once are let through. */
    passed: (requests: number) => Array.from({ length: requests }, take).filter(Boolean).length,
  };
}

test('a burst passes up to its limit', () => {
  assert.equal(bucket(10, 3).passed(5), 3);
});

test('requests pass again at the rate', () => {
  const { clock, passed } = bucket(10, 3);
  passed(3);

  clock.time += 99;
  const tooEarly = passed(1);
  clock.time += 1;

  assert.equal(tooEarly, 0);
  assert.equal(passed(2), 1);
});

test('a pause gives back no more than the burst', () => {
  const { clock, passed } = bucket(10, 3);
  passed(3);

  clock.time += 3_600_000;

  assert.equal(passed(5), 3);
});

test('a burst of none lets nothing through', () => {
  assert.equal(bucket(10, 0).passed(1), 0);
});
