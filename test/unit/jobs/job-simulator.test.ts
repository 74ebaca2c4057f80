import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulateSeed, WORLD_NAMES, worldOf } from '../../support/jobs/simulated-worlds.ts';
import { simulate } from '../../support/jobs/simulation.ts';

/** `npm run simulate -- 5000` goes on from here. */
const SEEDS = Array.from({ length: 250 }, (_, index) => index + 1);

describe('the jobs, simulated', () => {
  const ends = new Set<string>();

  for (const [world, name] of WORLD_NAMES.entries()) {
    it(`end exactly once, and take effect at most once, where ${name}`, async () => {
      for (const seed of SEEDS.filter((one) => worldOf(one) === world)) {
        const { violations, statuses } = await simulateSeed(seed);
        for (const status of statuses) ends.add(status);
        assert.deepEqual(violations, [], `seed ${seed}`);
      }
    });
  }

  it('have met every end on the way', () => {
    assert.deepEqual([...ends].toSorted(), ['cancelled', 'expired', 'failed', 'succeeded', 'unknown']);
  });

  for (const seed of [1, 2, 3]) {
    it(`survive the death of a process at each single await, by seed ${seed}`, async () => {
      const { deaths } = await simulate({ seed, jobs: 2 });
      assert.ok(deaths > 20);
      for (let killAt = 1; killAt <= deaths; killAt += 1) {
        const { violations } = await simulate({ seed, jobs: 2, killAt });
        assert.deepEqual(violations, [], `killed at ${killAt}`);
      }
    });
  }

  it('come to the same end when a seed is used again', async () => {
    const options = {
      seed: 7,
      jobs: 8,
      faults: { kill: 0.03, throttle: 0.05, ambiguous: 0.05, jump: 0.02, stall: 0.02 },
    };

    assert.deepEqual(await simulate(options), await simulate(options));
  });
});
