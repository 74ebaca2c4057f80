import type { Environment } from './environment-process.ts';

export interface PoolOptions {
  readonly start: () => Environment;
  /** Most environments at a time. */
  readonly limit: number;
  /** How long a request may wait for an environment before it is throttled. */
  readonly maxWaitMs: number;
  /** An environment that has served nobody for so long ends; where there are many, sooner. */
  readonly idleMs: number;
  /** Told when a request has waited in vain. */
  readonly onThrottled: () => void;
}

/** A burst may start more; those are soon let go again, for each one is a process. */
const KEPT_WARM = 4;
const SURPLUS_IDLE_MS = 5_000;

interface Lease {
  readonly environment: Environment;
  readonly coldStart: boolean;
}

/** The warm environments of one function. */
export interface EnvironmentPool {
  /** Undefined when no environment became free in time. */
  acquire(): Promise<Lease | undefined>;
  release(environment: Environment): void;
  close(): Promise<void>;
}

type Waiter = (lease: Lease | undefined) => void;

export function createEnvironmentPool(options: PoolOptions): EnvironmentPool {
  const { start, limit, maxWaitMs, idleMs, onThrottled } = options;
  const all = new Set<Environment>();
  const ending = new Set<Promise<void>>();
  const idle = new Map<Environment, NodeJS.Timeout>();
  const waiting: Waiter[] = [];
  let closed = false;

  function acquire(): Promise<Lease | undefined> {
    if (closed) return Promise.resolve(undefined);
    const warm = takeIdle();
    if (warm !== undefined) return Promise.resolve({ environment: warm, coldStart: false });
    if (all.size < limit) return Promise.resolve({ environment: startOne(), coldStart: true });
    return waitForOne();
  }

  function release(environment: Environment): void {
    if (closed || !environment.isAlive()) {
      discard(environment);
    } else if (waiting.length > 0) {
      waiting.shift()?.({ environment, coldStart: false });
    } else {
      rest(environment);
    }
  }

  async function close(): Promise<void> {
    closed = true;
    for (const giveUp of waiting.splice(0)) giveUp(undefined);
    for (const environment of all) discard(environment);
    await Promise.all(ending);
  }

  function rest(environment: Environment): void {
    const after = (ms: number, end: () => void) => idle.set(environment, setTimeout(end, ms));
    after(Math.min(idleMs, SURPLUS_IDLE_MS), () => {
      if (all.size > KEPT_WARM) discard(environment);
      else after(idleMs, () => discard(environment));
    });
  }

  /** The most recently used one, so that the others can end. */
  function takeIdle(): Environment | undefined {
    const environment = [...idle.keys()].at(-1);
    if (environment !== undefined) forget(environment);
    return environment;
  }

  function startOne(): Environment {
    const environment = start();
    all.add(environment);
    void environment.exited.then(() => discard(environment));
    return environment;
  }

  function waitForOne(): Promise<Lease | undefined> {
    const { promise, resolve } = Promise.withResolvers<Lease | undefined>();
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(waiter), 1);
      onThrottled();
      resolve(undefined);
    }, maxWaitMs);
    const waiter: Waiter = (lease) => {
      clearTimeout(timer);
      resolve(lease);
    };
    waiting.push(waiter);
    return promise;
  }

  function discard(environment: Environment): void {
    forget(environment);
    if (!all.delete(environment)) return;
    environment.kill();
    ending.add(environment.exited);
    void environment.exited.then(() => ending.delete(environment.exited));
    if (closed) return;
    waiting.shift()?.({ environment: startOne(), coldStart: true });
  }

  function forget(environment: Environment): void {
    clearTimeout(idle.get(environment));
    idle.delete(environment);
  }

  return { acquire, release, close };
}
