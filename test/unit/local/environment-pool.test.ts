import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createEnvironmentPool, type PoolOptions } from '../../../local/lambda/environment-pool.ts';
import type { Environment } from '../../../local/lambda/environment-process.ts';

const IDLE_MS = 60_000;

/** A pool under a mocked clock, with environments that are no processes. */
function pool(t: TestContext, options: Partial<PoolOptions> = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const alive = new Set<Environment>();
  const start = (): Environment => {
    const exited = Promise.withResolvers<void>();
    const environment: Environment = {
      run: async () => ({ outcome: 'ok' }),
      isAlive: () => alive.has(environment),
      exited: exited.promise,
      kill() {
        alive.delete(environment);
        exited.resolve();
      },
    };
    alive.add(environment);
    return environment;
  };
  const created = createEnvironmentPool({
    start,
    limit: 16,
    maxWaitMs: 29_000,
    idleMs: IDLE_MS,
    onThrottled: () => {},
    ...options,
  });
  t.after(() => created.close());
  return { ...created, alive, tick: (ms: number) => t.mock.timers.tick(ms) };
}

async function acquire({ acquire }: Pick<ReturnType<typeof pool>, 'acquire'>, count: number): Promise<Environment[]> {
  const leases = await Promise.all(Array.from({ length: count }, acquire));
  return leases.flatMap((lease) => (lease === undefined ? [] : [lease.environment]));
}

test('after a burst a few environments stay warm and the others end soon', async (t) => {
  const subject = pool(t);
  const environments = await acquire(subject, 16);

  for (const environment of environments) subject.release(environment);
  subject.tick(5_000);
  const afterSeconds = subject.alive.size;
  subject.tick(IDLE_MS);

  assert.equal(afterSeconds, 4);
  assert.equal(subject.alive.size, 0);
});

test('an environment that is used again starts its rest anew', async (t) => {
  const subject = pool(t);
  const [environment] = await acquire(subject, 1);
  assert.ok(environment);
  subject.release(environment);

  subject.tick(IDLE_MS);
  await acquire(subject, 1);
  subject.release(environment);
  subject.tick(IDLE_MS);

  assert.equal(environment.isAlive(), true);
});

test('a request waits for as long as the gateway would, and is served when an environment is free', async (t) => {
  const throttled: true[] = [];
  const subject = pool(t, { limit: 1, onThrottled: () => throttled.push(true) });
  const [environment] = await acquire(subject, 1);
  assert.ok(environment);
  const waiting = subject.acquire();

  subject.tick(28_999);
  subject.release(environment);

  assert.deepEqual(await waiting, { environment, coldStart: false });
  assert.deepEqual(throttled, []);
});

test('closing serves nobody and throttles nobody', async (t) => {
  const throttled: true[] = [];
  const subject = pool(t, { limit: 1, onThrottled: () => throttled.push(true) });
  await acquire(subject, 1);
  const waiting = subject.acquire();

  await subject.close();

  assert.equal(await waiting, undefined);
  assert.deepEqual(throttled, []);
});
