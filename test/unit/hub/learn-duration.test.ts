import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { learnDuration } from '../../../lambdas/hub/calls/learn-duration.ts';

describe('what a call teaches about its tool', () => {
  const cases = [
    { estimate: 2_000, took: 5, expected: undefined, fact: 'a quick tool that was quick teaches nothing' },
    { estimate: 2_000, took: 9_999, expected: undefined, fact: 'nor does one that nobody minds waiting for' },
    { estimate: 2_000, took: 26_000, expected: 26_000, fact: 'a slow one is expected to be as slow at once' },
    { estimate: 30_000, took: 40_000, expected: undefined, fact: 'an estimate within a factor of two stands' },
    { estimate: 40_000, took: 100, expected: 2_000, fact: 'one that was quick comes down by half, in logarithms' },
    { estimate: 30_000, took: 0, expected: 173, fact: 'a call that took no time is taken for a millisecond' },
  ];
  for (const { estimate, took, expected, fact } of cases) {
    it(fact, () => assert.equal(learnDuration(estimate, took), expected));
  }

  it('comes to rest within a few calls that take equally long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600_000 }), fc.integer({ min: 0, max: 600_000 }), (estimate, took) => {
        let expected = estimate;
        let writes = 0;
        for (let calls = 0; calls < 20; calls += 1) {
          const learned = learnDuration(expected, took);
          if (learned === undefined) break;
          expected = learned;
          writes += 1;
        }
        assert.ok(writes <= 8, `${writes} writes`);
        assert.equal(learnDuration(expected, took), undefined);
      }),
    );
  });
});
