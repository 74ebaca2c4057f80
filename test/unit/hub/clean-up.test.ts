import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CleanupStep, type CleanUpTask, createCleanUp } from '../../../lambdas/hub/cleanup/clean-up.ts';
import { createStartCleanup } from '../../../lambdas/hub/cleanup/start-cleanup.ts';
import { createSweepStuckJobs } from '../../../lambdas/hub/cleanup/stuck-jobs.ts';
import { walkPages } from '../../../lambdas/hub/cleanup/walk-pages.ts';
import { jobBench } from '../../support/jobs/job-bench.ts';

const DAY_MS = 24 * 3600_000;
const SOON = { at: 0, signal: new AbortController().signal };

function cleanupOf(task: CleanUpTask) {
  const steps: CleanupStep[] = [];
  const queue = { send: async (step: CleanupStep) => void steps.push(step) };
  return { steps, queue, cleanUp: createCleanUp({ queue, tasks: { jobs: task, catalogs: task, results: task } }) };
}

describe('a cleanup', () => {
  it('begins with every task', async () => {
    const { steps, queue } = cleanupOf(async () => ({ counts: {}, rest: undefined }));

    await createStartCleanup({ queue })();

    assert.deepEqual(steps, [{ task: 'jobs' }, { task: 'catalogs' }, { task: 'results' }]);
  });

  it('goes on from where a step ended, and ends when nothing is left', async () => {
    const { steps, cleanUp } = cleanupOf(async (cursor) => ({
      counts: {},
      rest: cursor === undefined ? { cursor: 'half' } : undefined,
    }));

    await cleanUp({ task: 'catalogs' }, SOON);
    const [next] = steps.splice(0);
    assert.deepEqual(next, { task: 'catalogs', cursor: 'half' });
    await cleanUp(next, SOON);

    assert.deepEqual(steps, []);
  });

  it('fails when it cannot leave the rest to a next step, so that its message stays', async () => {
    const task: CleanUpTask = async () => ({ counts: {}, rest: { cursor: 'half' } });
    const queue = { send: () => Promise.reject(new Error('no queue')) };

    const step = createCleanUp({ queue, tasks: { jobs: task, catalogs: task, results: task } })({ task: 'jobs' }, SOON);

    await assert.rejects(step, /no queue/);
  });
});

describe('a walk', () => {
  const pages = [
    { items: [1, 2], cursor: 'b' },
    { items: [3], cursor: 'c' },
    { items: [4], cursor: undefined },
  ];
  const read = async (cursor: string | undefined) => pages['abc'.indexOf(cursor ?? 'a')] ?? assert.fail();

  it('takes a page even when there is no time, so that every step gets somewhere', async () => {
    const seen: number[] = [];
    const visit = async (items: readonly number[]) => void seen.push(...items);

    const rest = await walkPages('b', { read, visit, hasTime: () => false });

    assert.deepEqual([seen, rest], [[3], { cursor: 'c' }]);
  });

  it('ends with the last page', async () => {
    const seen: number[] = [];
    const visit = async (items: readonly number[]) => void seen.push(...items);

    const rest = await walkPages(undefined, { read, visit, hasTime: () => true });

    assert.deepEqual([seen, rest], [[1, 2, 3, 4], undefined]);
  });
});

describe('the daily look for stuck jobs', () => {
  it('ends what the sweeper has not for a day, and nothing more when it comes twice', async () => {
    const bench = jobBench();
    const { job } = await bench.submit();
    await bench.pass(DAY_MS);
    const task = createSweepStuckJobs(({ at }) => bench.sweep(at));

    const first = await task(undefined, { ...SOON, at: Infinity });
    const second = await task(undefined, { ...SOON, at: Infinity });

    assert.deepEqual([first.counts['JobsExpired'], second.counts['JobsExpired']], [1, 0]);
    assert.equal((await bench.read(job)).job.status, 'expired');
  });

  it('goes on without a cursor, for what it moved is not due any more', async () => {
    const bench = jobBench();
    await bench.submit();
    await bench.pass(DAY_MS);
    const task = createSweepStuckJobs(({ at }) => bench.sweep(at));

    const { rest } = await task(undefined, { ...SOON, at: bench.now() });

    assert.deepEqual(rest, { cursor: undefined });
  });
});
