import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What can go wrong with every single step, each with its probability. */
export interface Faults {
  /** The process dies, before the step or after it. */
  readonly kill: number;
  /** The step is refused: nothing happened. */
  readonly throttle: number;
  /** The step was made, and its answer is lost. */
  readonly ambiguous: number;
  /** The clock jumps. */
  readonly jump: number;
  /** The process stands still, for longer than a lease. */
  readonly stall: number;
}

export const NO_FAULTS: Faults = { kill: 0, throttle: 0, ambiguous: 0, jump: 0, stall: 0 };

export interface World {
  readonly time: VirtualTime;
  readonly chance: Chance;
  faults: Faults;
  /** Counts the points at which a process can die. */
  deaths: number;
  /** At exactly this one it does. */
  readonly killAt: number | undefined;
}

/** A process with a clock of its own. When it is killed, nothing that it waits for ever arrives. */
export interface Environment {
  readonly isAlive: () => boolean;
  readonly kill: () => void;
  readonly now: () => number;
  readonly pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** The same port, over a network and in a process that can fail at every await. */
  readonly guard: <T extends object>(port: T) => T;
  /** Resolves when it is killed. */
  readonly death: Promise<'killed'>;
}

const MAX_JUMP_MS = 10 * 60_000;

export function createEnvironment(world: World): Environment {
  const { time, chance } = world;
  const death = Promise.withResolvers<'killed'>();
  let alive = true;
  let skew = 0;

  const kill = (): void => {
    alive = false;
    death.resolve('killed');
  };
  const mayDie = (): void => {
    world.deaths += 1;
    if (world.deaths === world.killAt || chance.happens(world.faults.kill)) kill();
    if (chance.happens(world.faults.jump)) skew = chance.between(-MAX_JUMP_MS, MAX_JUMP_MS);
  };
  const latency = () => {
    if (chance.happens(world.faults.stall)) return time.pause(chance.between(31_000, 90_000));
    return time.pause(chance.happens(0.05) ? chance.between(50, 5_000) : chance.between(0, 20));
  };

  async function step<T>(action: () => Promise<T>): Promise<T> {
    mayDie();
    await latency();
    // What is on its way when a process dies may arrive or not.
    if (!alive && chance.happens(0.5)) return never();
    const throttled = chance.happens(world.faults.throttle);
    const outcome = throttled ? refused() : await settled(action);
    const ambiguous = chance.happens(world.faults.ambiguous);
    await latency();
    if (alive) mayDie();
    if (!alive) return never();
    if (throttled || ambiguous || outcome.status === 'rejected') {
      throw outcome.status === 'rejected' ? outcome.reason : unavailable();
    }
    return outcome.value;
  }

  return {
    isAlive: () => alive,
    kill,
    death: death.promise,
    now: () => time.now() + skew,
    async pause(milliseconds, signal) {
      const early = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
      await Promise.race([time.pause(milliseconds), early]);
      if (alive) mayDie();
      if (!alive) return never();
    },
    guard<T extends object>(port: T): T {
      const guarded = Object.entries(port).map(([name, value]: [string, unknown]) => {
        if (typeof value !== 'function') return [name, value];
        return [name, (...args: unknown[]) => step(async () => value.apply(port, args))];
      });
      return Object.fromEntries(guarded);
    },
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

async function settled<T>(action: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  const [outcome] = await Promise.allSettled([action()]);
  return outcome;
}

function refused(): PromiseRejectedResult {
  return { status: 'rejected', reason: unavailable() };
}

function unavailable(): HubError {
  return new HubError('unavailable', 'simulated');
}
