import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Faults, NO_FAULTS } from '../../support/jobs/simulated-environment.ts';
import { simulate } from '../../support/jobs/simulation.ts';

/** `SIMULATION_RUNS=5000 node --test test/unit/jobs/job-simulator.test.ts`; `SIMULATION_SEED` is the first one. */
const RUNS = Number(process.env['SIMULATION_RUNS'] ?? 250);
const FIRST_SEED = Number(process.env['SIMULATION_SEED'] ?? 1);

const WORLDS: Readonly<Record<string, Faults>> = {
  'processes die': { ...NO_FAULTS, kill: 0.03 },
  'the store fails': { ...NO_FAULTS, throttle: 0.08, ambiguous: 0.08 },
  'clocks jump': { ...NO_FAULTS, jump: 0.05 },
  'processes stand still': { ...NO_FAULTS, stall: 0.08 },
  'everything goes wrong at once': { kill: 0.015, throttle: 0.05, ambiguous: 0.05, jump: 0.02, stall: 0.02 },
};

describe('the jobs, simulated', () => {
  const worlds = Object.entries(WORLDS);
  const ends = new Set<string>();

  for (const [index, [name, faults]] of worlds.entries()) {
    it(`end exactly once, and take effect at most once, where ${name}`, async () => {
      for (let run = index; run < RUNS; run += worlds.length) {
        const seed = FIRST_SEED + run;
        const { violations, statuses } = await simulate({ seed, jobs: 8, faults });
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
