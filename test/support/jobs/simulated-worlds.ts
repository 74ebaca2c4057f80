import { type Faults, NO_FAULTS } from './simulated-environment.ts';
import { simulate, type SimulationReport } from './simulation.ts';

/** What goes wrong, by what is learned from it. */
const WORLDS: readonly (readonly [name: string, faults: Faults])[] = [
  ['processes die', { ...NO_FAULTS, kill: 0.03 }],
  ['the store fails', { ...NO_FAULTS, throttle: 0.08, ambiguous: 0.08 }],
  ['clocks jump', { ...NO_FAULTS, jump: 0.05 }],
  ['processes stand still', { ...NO_FAULTS, stall: 0.08 }],
  ['everything goes wrong at once', { kill: 0.015, throttle: 0.05, ambiguous: 0.05, jump: 0.02, stall: 0.02 }],
];
const JOBS = 8;

export const WORLD_NAMES = WORLDS.map(([name]) => name);

/** Seeds take turns in the worlds. */
export const worldOf = (seed: number): number => seed % WORLDS.length;

export function simulateSeed(seed: number): Promise<SimulationReport> {
  const [, faults = NO_FAULTS] = WORLDS[worldOf(seed)] ?? [];
  return simulate({ seed, jobs: JOBS, faults });
}
