import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import { isEnded } from '../../../lambdas/hub/jobs/job.ts';
import type { StartedTask, TaskState } from '../../../lambdas/hub/upstreams/task.ts';
import type { CallAnswer, UpstreamContext } from '../../../lambdas/hub/upstreams/upstream.ts';
import { jobBench } from '../../support/jobs/job-bench.ts';

const DAY_MS = 24 * 3600_000;
const BASIS = { taskId: 'theirs', statusMessage: undefined, createdAt: 0, updatedAt: 0, ttlMs: null };
const STARTED: StartedTask = { ...BASIS, status: 'working', pollIntervalMs: 5_000 };
const RESULT = { content: [{ type: 'text', text: 'done' }] };

/** A server that makes a task of the call, and is asked for it as the test says. */
function setUp(started: Partial<StartedTask> = {}) {
  let calls = 0;
  let takesTasks: boolean | undefined;
  const asked: string[] = [];
  let state: TaskState<HubError> | HubError = { status: 'working' };
  let message: string | undefined;
  let cancelling: () => void = () => undefined;
  const bench = jobBench({
    call: async (_args, { interaction }: UpstreamContext): Promise<CallAnswer> => {
      calls += 1;
      takesTasks = interaction?.takesTasks;
      return { kind: 'task', task: { ...STARTED, ...started } };
    },
    serverTasks: {
      get: async (_callable, taskId) => {
        asked.push(`get ${taskId}`);
        if (state instanceof HubError) throw state;
        return { ...BASIS, pollIntervalMs: undefined, ...state, statusMessage: message };
      },
      cancel: async (_callable, taskId) => {
        asked.push(`cancel ${taskId}`);
        cancelling();
      },
    },
  });
  const current = async (jobId: string) => {
    const job = [...bench.store.jobs.values()].find((each) => each.jobId === jobId);
    assert.ok(job !== undefined);
    return job;
  };
  return {
    ...bench,
    asked,
    current,
    calls: () => calls,
    takesTasks: () => takesTasks,
    becomes: (next: typeof state, said?: string) => {
      state = next;
      message = said;
    },
    onCancel: (act: () => void) => (cancelling = act),
  };
}

/** A worker that stops when the test says so, its task still going on. */
async function interrupted(bench: ReturnType<typeof setUp>) {
  const { job } = await bench.submit();
  const over = new AbortController();
  const run = bench.run(job, over.signal);
  await bench.pass(1_000);
  over.abort();
  await bench.pass(30_000);
  assert.equal(await run, 'queued');
  return job;
}

describe('a job whose server goes on with it as a task', () => {
  it('is followed until the task has its result, at the pace that the server wants', async () => {
    const bench = setUp();
    const { job } = await bench.submit();
    const run = bench.run(job);
    await bench.pass(100);
    await bench.pass(21_000);
    assert.deepEqual(
      bench.asked,
      Array.from({ length: 5 }, () => 'get theirs'),
    );

    bench.becomes({ status: 'completed', result: RESULT });
    await bench.pass(10_000);

    assert.equal(await run, 'succeeded');
    assert.deepEqual((await bench.read(job)).result, RESULT);
    assert.equal(bench.takesTasks(), true);
    assert.equal(bench.calls(), 1);
  });

  for (const [name, pollIntervalMs, polls] of [
    ['every second at most', 1, 11],
    ['every 30 s at least', 3_600_000, 1],
    ['every 2 s where nothing is said', undefined, 6],
  ] as const) {
    it(`is asked for ${name}`, async () => {
      const bench = setUp({ pollIntervalMs });
      const { job } = await bench.submit();
      void bench.run(job);
      await bench.pass(100);

      await bench.pass(10_500);

      assert.equal(bench.asked.length, polls);
    });
  }

  it('shows what the server says of it', async () => {
    const bench = setUp();
    const { job } = await bench.submit();
    bench.becomes({ status: 'working' }, 'x'.repeat(600));
    void bench.run(job);
    await bench.pass(100);

    await bench.pass(30_000);

    const running = await bench.current(job.jobId);
    assert.ok(running.status === 'running');
    assert.deepEqual(running.progress, { progress: 0, message: 'x'.repeat(500) });
  });

  it('fails when the task does, with the error of the server', async () => {
    const bench = setUp();
    const { job } = await bench.submit();
    const details = { jsonRpcCode: -32_602, jsonRpcMessage: 'no such city' };
    bench.becomes({ status: 'failed', failure: new HubError('upstream_error', 'no', { details }) });

    assert.equal(await bench.run(job), 'failed');

    const { job: failed } = await bench.read(job);
    assert.ok(isEnded(failed));
    assert.deepEqual(failed.error, { code: 'upstream_error', message: 'no', details });
  });

  it('is cancelled when the server cancels the task', async () => {
    const bench = setUp();
    const { job } = await bench.submit();
    bench.becomes({ status: 'cancelled' });

    assert.equal(await bench.run(job), 'cancelled');
  });

  it('goes on with the next worker when one is lost, and the tool is not called again', async () => {
    const bench = setUp();
    const { job } = await bench.submit();
    void bench.run(job);
    await bench.pass(1_000);
    const lost = await bench.current(job.jobId);
    assert.ok(lost.status === 'running');
    // Nobody of its process is there to write any more.
    await bench.store.replace(lost, { ...lost, version: lost.version + 1, owner: 'lost', leaseUntil: bench.now() });
    await bench.pass(60_000);

    await bench.sweep();
    const queued = await bench.current(job.jobId);
    assert.ok(queued.status === 'queued');
    assert.equal(queued.delegated?.taskId, 'theirs');
    await bench.pass(10_000);
    bench.becomes({ status: 'completed', result: RESULT });

    assert.equal(await bench.run(job), 'succeeded');
    assert.equal(bench.calls(), 1);
  });

  it('goes on with the next worker when the time of one is over, however often', async () => {
    const bench = setUp();
    const job = await interrupted(bench);
    for (let round = 0; round < 10; round += 1) {
      const over = new AbortController();
      const run = bench.run(job, over.signal);
      await bench.pass(1_000);
      over.abort();
      await bench.pass(30_000);
      assert.equal(await run, 'queued');
    }
    bench.becomes({ status: 'completed', result: RESULT });

    assert.equal(await bench.run(job), 'succeeded');
    assert.equal(bench.calls(), 1);
  });

  it('ends unknown when the server does not know the task five times', async () => {
    const bench = setUp();
    const { job } = await bench.submit();
    const details = { jsonRpcCode: -32_602, jsonRpcMessage: 'unknown task' };
    bench.becomes(new HubError('upstream_error', 'no', { details }));
    const outcomes: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      outcomes.push(await bench.run(job));
      await bench.pass(300_000);
    }

    assert.deepEqual(outcomes, ['queued', 'queued', 'queued', 'queued', 'unknown']);
    assert.equal(bench.calls(), 1);
  });

  it('does not have a server counted against it that was seen before it was gone', async () => {
    const bench = setUp();
    const { job } = await bench.submit();
    const run = bench.run(job);
    await bench.pass(1_000);
    bench.becomes(new HubError('upstream_unreachable', 'gone'));

    await bench.pass(10_000);

    assert.equal(await run, 'queued');
    const queued = await bench.current(job.jobId);
    assert.equal(queued.attempt - queued.waits, 0);
  });

  it('has the task cancelled at the server when it is cancelled, and ends as the server says', async () => {
    for (const end of ['cancelled', 'completed'] as const) {
      const bench = setUp();
      const { job } = await bench.submit();
      const run = bench.run(job);
      await bench.pass(1_000);
      bench.onCancel(() => bench.becomes(end === 'cancelled' ? { status: end } : { status: end, result: RESULT }));

      await bench.cancel(job);
      await bench.pass(20_000);

      assert.equal(await run, end === 'cancelled' ? 'cancelled' : 'succeeded');
      assert.equal(bench.asked.filter((what) => what === 'cancel theirs').length, 1);
    }
  });

  it('is not ended by a cancellation while it is queued, for the server works on', async () => {
    const bench = setUp();
    const job = await interrupted(bench);

    const after = await bench.cancel(job);
    assert.equal(after.status, 'queued');
    bench.onCancel(() => bench.becomes({ status: 'cancelled' }));

    assert.equal(await bench.run(job), 'cancelled');
  });

  it('fails when the task waits for somebody, and the server is told to end it', async () => {
    const bench = setUp();
    const { job } = await bench.submit();
    const details = { requiredCapabilities: { elicitation: { form: {} } } };
    bench.becomes(new HubError('capability_required', 'asks', { details }));
    bench.onCancel(() => bench.becomes({ status: 'cancelled' }));
    const run = bench.run(job);
    await bench.pass(100);

    await bench.pass(10_000);

    assert.equal(await run, 'failed');
    const { job: failed } = await bench.read(job);
    assert.ok(isEnded(failed));
    assert.equal(failed.error?.code, 'capability_required');
    assert.deepEqual(bench.asked, ['get theirs', 'cancel theirs', 'get theirs']);
  });

  it('ends unknown when its message is poison, for the server may still work on it', async () => {
    const bench = setUp();
    const job = await interrupted(bench);

    assert.equal(await bench.poison(job), 'unknown');
    assert.equal((await bench.read(job)).job.status, 'unknown');
  });

  it('ends unknown after a day, for the server may still work on it', async () => {
    for (const isSwept of [true, false]) {
      const bench = setUp();
      const job = await interrupted(bench);
      if (isSwept) {
        await bench.pass(DAY_MS);
        await bench.sweep();
      } else {
        await bench.pass(DAY_MS - 40_000);
        const over = new AbortController();
        const run = bench.run(job, over.signal);
        await bench.pass(100);
        await bench.pass(60_000);
        over.abort();
        await bench.pass(30_000);
        assert.equal(await run, 'unknown');
      }

      assert.equal((await bench.current(job.jobId)).status, 'unknown');
    }
  });
});
