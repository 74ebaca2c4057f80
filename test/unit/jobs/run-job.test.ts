import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { UpstreamAnswer, UpstreamContext } from '../../../lambdas/hub/upstreams/upstream.ts';
import { jobBench } from '../../support/jobs/job-bench.ts';

const complete = (result: JsonObject): UpstreamAnswer => ({ kind: 'complete', result });
const LARGE = { content: [{ type: 'text', text: 'x'.repeat(1024 * 1024) }] };

const lostAnswer = () => new HubError('upstream_timeout', 'late', { details: { outcome: 'unknown' } });

/** A call that ends when the test says so, or when it is aborted. */
function openCall() {
  const { promise, resolve, reject } = Promise.withResolvers<UpstreamAnswer>();
  let context: UpstreamContext | undefined;
  const call = (_args: JsonObject, given: UpstreamContext) => {
    context = given;
    given.deadline.signal.addEventListener('abort', () => reject(lostAnswer()));
    return promise;
  };
  return { call, answer: (result: JsonObject) => resolve(complete(result)), context: () => context };
}

describe('a worker with the message of a job', () => {
  it('calls the tool as it was asked to, and keeps what it answers', async () => {
    const seen: unknown[] = [];
    const bench = jobBench({
      call: async (args, { via }) => (seen.push(args, via), complete({ content: [], n: 1.5 })),
    });
    const { job } = await bench.submit({ city: 'Graz' });

    assert.equal(await bench.run(job), 'succeeded');

    assert.deepEqual(seen, [{ city: 'Graz' }, ['hub-0']]);
    assert.deepEqual((await bench.read(job)).result, { content: [], n: 1.5 });
  });

  it('leaves a job alone that has been run already', async () => {
    let calls = 0;
    const bench = jobBench({ call: async () => (calls++, complete({})) });
    const { job } = await bench.submit();

    assert.deepEqual([await bench.run(job), await bench.run(job)], ['succeeded', 'not_claimable']);
    assert.equal(calls, 1);
  });

  it('keeps a result whole that does not fit beside its job', async () => {
    const bench = jobBench({ call: async () => complete(LARGE) });
    const { job } = await bench.submit();

    await bench.run(job);

    assert.equal(await bench.store.readResult(job.tenantId, job.jobId), undefined);
    assert.deepEqual((await bench.read(job)).result, LARGE);
  });

  it('throws a large result away when the job was settled without it', async () => {
    const { call, answer } = openCall();
    const bench = jobBench({ call });
    const { job } = await bench.submit();
    const run = bench.run(job);
    await bench.pass(100);
    const running = await bench.store.get(job.tenantId, job.jobId);
    assert.ok(running?.status === 'running');
    await bench.store.replace(running, { ...running, version: running.version + 1, owner: 'another' });

    answer(LARGE);

    await bench.pass(1_000);
    assert.equal(await run, 'lost');
    assert.equal(await bench.results.get(job.tenantId, { jobId: job.jobId, attempt: 1 }), undefined);
  });

  it('keeps its lease while it stores the result, and stores it though the job is cancelled', async () => {
    const bench = jobBench({ call: async () => complete(LARGE), storingMs: 120_000 });
    const { job } = await bench.submit();
    const run = bench.run(job);
    await bench.pass(100);

    await bench.pass(60_000);
    const { settled } = await bench.sweep();
    await bench.cancel(job);
    await bench.pass(61_000);

    assert.deepEqual([settled.unknown, await run], [0, 'succeeded']);
    assert.deepEqual((await bench.read(job)).result, LARGE);
  });

  it('shows the progress of the server while it runs, and keeps its lease', async () => {
    const { call, answer, context } = openCall();
    const bench = jobBench({ call });
    const { job } = await bench.submit();
    const run = bench.run(job);
    await bench.pass(100);
    context()?.interaction?.onProgress?.({ progress: 3, total: 4, message: 'x'.repeat(600) });
    context()?.interaction?.onProgress?.({ progress: Infinity });
    context()?.interaction?.onProgress?.({ progress: 4, total: Infinity });

    await bench.pass(120_000);

    const running = await bench.store.get(job.tenantId, job.jobId);
    assert.ok(running?.status === 'running' && running.leaseUntil > bench.now());
    assert.deepEqual(running.progress, { progress: 3, total: 4, message: 'x'.repeat(500) });
    answer({});
    assert.equal(await run, 'succeeded');
  });

  it('aborts the call within a heartbeat when the job is cancelled, and does not claim that nothing happened', async () => {
    const { call, context } = openCall();
    const bench = jobBench({ call });
    const { job } = await bench.submit();
    const run = bench.run(job);
    await bench.pass(100);
    await bench.cancel(job);

    await bench.pass(10_000);

    assert.equal(context()?.deadline.signal.aborted, true);
    assert.equal(await run, 'unknown');
    assert.equal((await bench.read(job)).job.status, 'unknown');
  });

  it('claims that no more of a tool whose repetition does no harm', async () => {
    const { call } = openCall();
    const bench = jobBench({ call, isRepeatable: () => true });
    const { job } = await bench.submit();
    const run = bench.run(job);
    await bench.pass(100);
    await bench.cancel(job);

    await bench.pass(10_000);

    assert.equal(await run, 'unknown');
  });

  it('repeats what the tenant marked, and the answer is the end', async () => {
    const answers = [() => Promise.reject(lostAnswer()), async () => complete({ content: [] })];
    const bench = jobBench({ call: () => (answers.shift() ?? assert.fail)(), isRepeatable: () => true });
    const { job } = await bench.submit();

    const first = await bench.run(job);
    await bench.pass(10_000);

    assert.deepEqual([first, await bench.run(job)], ['queued', 'succeeded']);
  });

  it('repeats nothing whose mark is gone, and says unknown', async () => {
    let calls = 0;
    const bench = jobBench({ call: () => (calls++, Promise.reject(lostAnswer())), isRepeatable: () => calls === 0 });
    const { job } = await bench.submit();

    const first = await bench.run(job);
    await bench.pass(10_000);

    assert.deepEqual([first, await bench.run(job), calls], ['queued', 'unknown', 1]);
  });

  it('lets a job wait for its limit, however often, instead of failing it', async () => {
    const bench = jobBench({
      findTool: () => Promise.reject(new HubError('rate_limited', 'wait', { retryAfterSeconds: 40 })),
    });
    const { job } = await bench.submit();

    for (let round = 0; round < 10; round += 1) {
      assert.equal(await bench.run(job), 'queued');
      // 40 s and half of a spread, which doubles from 5 s to a minute.
      assert.equal(bench.messages.at(-1)?.delaySeconds, 40 + Math.ceil(Math.min(60, 5 * 2 ** round) / 2));
      await bench.pass(71_000);
    }
  });

  it('sends a message again that came before its time', async () => {
    const bench = jobBench({
      findTool: () => Promise.reject(new HubError('rate_limited', 'wait', { retryAfterSeconds: 3_600 })),
    });
    const { job } = await bench.submit();
    await bench.run(job);
    bench.messages.length = 0;

    assert.equal(await bench.run(job), 'early');

    assert.deepEqual(bench.messages, [{ jobId: job.jobId, delaySeconds: 900 }]);
  });

  it('refuses as a caller that waits would be refused, at once', async () => {
    const bench = jobBench({ findTool: () => Promise.reject(new HubError('tool_disabled', 'disabled')) });
    const { job } = await bench.submit();

    assert.equal(await bench.run(job), 'failed');

    const { job: failed } = await bench.read(job);
    assert.ok(failed.status === 'failed');
    assert.deepEqual(failed.error, { code: 'tool_disabled', message: 'disabled' });
  });

  it('starts nothing when its time is over', async () => {
    let calls = 0;
    const bench = jobBench({ call: async () => (calls++, complete({})) });
    const { job } = await bench.submit();

    assert.equal(await bench.run(job, AbortSignal.abort()), 'queued');
    assert.equal(calls, 0);
  });

  it('gives up a job whose server cannot be reached after five attempts', async () => {
    const bench = jobBench({ call: () => Promise.reject(new HubError('upstream_unreachable', 'gone')) });
    const { job } = await bench.submit();
    const outcomes: string[] = [];

    for (let round = 0; round < 5; round += 1) {
      outcomes.push(await bench.run(job));
      await bench.pass(300_000);
    }

    assert.deepEqual(outcomes, ['queued', 'queued', 'queued', 'queued', 'failed']);
  });
});
