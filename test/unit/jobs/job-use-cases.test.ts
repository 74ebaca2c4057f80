import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { Job } from '../../../lambdas/hub/jobs/job.ts';
import { claimed, sent } from '../../../lambdas/hub/jobs/job-edges.ts';
import { createJobId, jobIdSchema } from '../../../lambdas/hub/jobs/job-id.ts';
import { createListJobs, listJobsSchema } from '../../../lambdas/hub/jobs/list-jobs.ts';
import { createSubmitJob } from '../../../lambdas/hub/jobs/submit-job.ts';
import { createSweepJobs } from '../../../lambdas/hub/jobs/sweep-jobs.ts';
import { presentJob } from '../../../lambdas/hub/jobs/present-job.ts';
import { idempotencyKeyOf } from '../../../lambdas/hub/jobs/idempotency-key.ts';
import { jobBench, PRINCIPAL } from '../../support/jobs/job-bench.ts';

const DAY_MS = 24 * 3600_000;
/** A worker sent the call, and is gone. */
async function leaveInTheMiddle(
  bench: ReturnType<typeof jobBench>,
  { tenantId, jobId }: Job,
  repeatable = false,
): Promise<void> {
  const queued = await bench.store.get(tenantId, jobId);
  assert.ok(queued?.status === 'queued');
  const running = sent(claimed(queued, 'lost', bench.now()), repeatable, bench.now());
  await bench.store.replace(queued, { ...running, version: queued.version + 1, leaseUntil: bench.now() + 1 });
  await bench.pass(1);
}
/** Into a store that writes, and whose first answers are lost. */
function submitting({ store, now }: ReturnType<typeof jobBench>, lost: number) {
  const sent: string[] = [];
  let left = lost;
  const submitJob = createSubmitJob({
    store: {
      find: store.find,
      async create(...given) {
        const job = await store.create(...given);
        if (left-- > 0) throw new HubError('unavailable', 'lost');
        return job;
      },
    },
    queue: { send: async ({ jobId }) => void sent.push(jobId) },
    now,
    newJobId: () => createJobId(now(), randomBytes),
    pause: async () => undefined,
    random: () => 0,
  });
  const request = { tool: 'srv_tool', arguments: {}, via: [], trace: undefined };
  return { sent, submit: () => submitJob(PRINCIPAL, { ...request, idempotencyKey: undefined, refusal: undefined }) };
}
const refusedAs = (code: string) => (error: unknown) => error instanceof HubError && error.code === code;

describe('submitting a job', () => {
  it('answers the same job to the same request, however its arguments are ordered', async () => {
    const bench = jobBench();

    const first = await bench.submit({ a: 1, b: 2 }, 'key');
    const second = await bench.submit({ b: 2, a: 1 }, 'key');

    assert.equal(second.job.jobId, first.job.jobId);
    assert.deepEqual([first.created, second.created], [true, false]);
    assert.equal(bench.messages.length, 1);
    await assert.rejects(bench.submit({ a: 2 }, 'key'), refusedAs('idempotency_mismatch'));
  });

  it('accepts a job while the queue is down, and the sweeper sends its message', async () => {
    let isQueueDown = true;
    const bench = jobBench({ isQueueDown: () => isQueueDown });
    const { job, enqueued } = await bench.submit();
    assert.equal(enqueued, false);

    isQueueDown = false;
    await bench.pass(60_000);
    const { settled } = await bench.sweep();

    assert.equal(settled.queued, 1);
    assert.deepEqual(bench.messages, [{ jobId: job.jobId, delaySeconds: 0 }]);
  });

  it('repeats a write whose answer was lost, and makes one job of it', async () => {
    const bench = jobBench();
    const { submit, sent } = submitting(bench, 1);

    const { job, created } = await submit();

    assert.deepEqual([created, bench.store.jobs.size, sent], [true, 1, [job.jobId]]);
  });

  it('says which job may be there when no answer comes at all', async () => {
    const bench = jobBench();
    const { submit } = submitting(bench, Infinity);

    await assert.rejects(submit, (error) => {
      const [job] = bench.store.jobs.values();
      assert.ok(error instanceof HubError && error.code === 'unavailable');
      assert.deepEqual(error.details, { outcome: 'unknown', jobId: job?.jobId });
      return true;
    });
  });

  it('answers a request whose job is there when nothing new is accepted', async () => {
    const bench = jobBench();
    const { job } = await bench.submit({}, 'key');
    const refusal = new HubError('rate_limited', 'wait', { retryAfterSeconds: 1 });

    const repeated = await bench.submit({}, 'key', refusal);

    assert.deepEqual([repeated.job, repeated.created], [job, false]);
    for (const key of ['new', undefined])
      await assert.rejects(bench.submit({}, key, refusal), refusedAs('rate_limited'));
    assert.equal(bench.store.jobs.size, 1);
  });

  it('refuses arguments that are too large to be kept', async () => {
    await assert.rejects(jobBench().submit({ text: 'x'.repeat(256 * 1024) }), refusedAs('payload_too_large'));
  });

  it('takes keys that a header can carry, and no others', () => {
    assert.deepEqual(
      ['a', '"quoted"', ' a ', 'x'.repeat(255)].map((line) => idempotencyKeyOf([line])),
      ['a', 'quoted', 'a', 'x'.repeat(255)],
    );
    assert.equal(idempotencyKeyOf([]), undefined);
    for (const lines of [[''], ['""'], ['a b'], ['é'], ['x'.repeat(256)], ['a', 'b']]) {
      assert.throws(() => idempotencyKeyOf(lines), refusedAs('invalid_request'));
    }
  });

  it('gives ids that sort by time and nobody guesses', () => {
    const bytes = (value: number) => (size: number) => new Uint8Array(size).fill(value);

    const [first, second] = [createJobId(1_000, bytes(255)), createJobId(1_001, bytes(0))];

    assert.ok(first < second);
    assert.equal(first.length, 12 + 32);
    assert.ok(jobIdSchema.safeParse(first).success);
  });
});

describe('cancelling a job', () => {
  it('keeps a queued one from ever starting, and can be repeated', async () => {
    const bench = jobBench();
    const { job } = await bench.submit();

    assert.equal((await bench.cancel(job)).status, 'cancelled');
    assert.equal((await bench.cancel(job)).status, 'cancelled');

    assert.equal(await bench.run(job), 'not_claimable');
  });

  it('tells of one that has ended otherwise, and of one that never was', async () => {
    const bench = jobBench();
    const { job } = await bench.submit();
    await bench.run(job);

    await assert.rejects(bench.cancel(job), refusedAs('job_finished'));
    await assert.rejects(
      bench.cancel({ ...job, jobId: createJobId(1, () => new Uint8Array(16)) }),
      refusedAs('job_not_found'),
    );
  });
});

describe('a job that may be repeated, and whose call has no answer', () => {
  async function unanswered() {
    const bench = jobBench();
    const { job } = await bench.submit();
    await leaveInTheMiddle(bench, job, true);
    assert.equal((await bench.sweep()).settled.queued, 1);
    return { bench, job };
  }

  it('does not deny it when it is cancelled before the next attempt', async () => {
    const { bench, job } = await unanswered();

    const { status, error } = { error: undefined, ...(await bench.cancel(job)) };

    assert.deepEqual([status, error?.code], ['unknown', 'cancelled']);
    await assert.rejects(bench.cancel(job), refusedAs('job_finished'));
  });

  it('does not deny it when nobody takes it up again within its day', async () => {
    const { bench, job } = await unanswered();
    await bench.pass(DAY_MS);

    assert.equal((await bench.sweep()).settled.unknown, 1);
    assert.equal((await bench.read(job)).job.status, 'unknown');
  });

  it('does not deny it when its message is poison', async () => {
    const { bench, job } = await unanswered();

    assert.equal(await bench.poison(job), 'unknown');
  });

  it('ends unknown when each of five workers is lost in the call', async () => {
    const { bench, job } = await unanswered();
    for (let attempt = 2; attempt <= 5; attempt += 1) {
      await bench.pass(300_000);
      await leaveInTheMiddle(bench, job, true);
      await bench.sweep();
    }

    const { job: last } = await bench.read(job);
    assert.ok(last.status === 'unknown' && last.attempt === 5, last.status);
    assert.match(last.error?.message ?? '', /may have taken effect/);
  });
});

describe('a message that failed at its last delivery', () => {
  it('fails its job, with the reason, and a message that comes again changes nothing', async () => {
    const bench = jobBench();
    const { job } = await bench.submit();

    assert.deepEqual([await bench.poison(job), await bench.poison(job)], ['failed', 'failed']);

    const { job: failed } = await bench.read(job);
    assert.ok(failed.status === 'failed' && failed.error?.code === 'poisoned');
    assert.equal(await bench.run(job), 'not_claimable');
  });

  it('leaves a job alone that another worker has, or that an outage held up', async () => {
    const bench = jobBench({ call: () => new Promise(() => undefined) });
    const [held, waiting] = [(await bench.submit()).job, (await bench.submit()).job];
    void bench.run(held);
    await bench.pass(100);

    assert.equal(await bench.poison(held), 'running');
    assert.equal(await bench.poison(waiting, new HubError('unavailable', 'down')), undefined);

    assert.equal((await bench.read(waiting)).job.status, 'queued');
  });

  it('says unknown of a job that may have taken effect', async () => {
    const bench = jobBench();
    const { job } = await bench.submit();
    await leaveInTheMiddle(bench, job);

    assert.equal(await bench.poison(job), 'unknown');
  });
});

describe('the sweeper', () => {
  it('does nothing more when it comes twice', async () => {
    const bench = jobBench();
    await bench.submit();
    await bench.pass(60_000);

    const reports = [await bench.sweep(), await bench.sweep()];

    assert.deepEqual(
      reports.map(({ settled }) => settled.queued),
      [1, 0],
    );
  });

  it('goes on where there was no time left', async () => {
    const bench = jobBench();
    for (let job = 0; job < 12; job += 1) await bench.submit();
    await bench.pass(60_000);

    assert.equal((await bench.sweep(bench.now())).more, true);
    const { settled, more } = await bench.sweep();

    assert.deepEqual([settled.queued, more], [12, false]);
  });

  it('ends what nobody started within a day', async () => {
    const bench = jobBench();
    const { job } = await bench.submit();
    await bench.pass(DAY_MS);

    assert.equal(await bench.run(job), 'not_claimable');
    const { settled } = await bench.sweep();

    assert.equal(settled.expired, 1);
    assert.equal((await bench.read(job)).job.status, 'expired');
  });

  it('says unknown of a job whose worker was lost in the middle of the call', async () => {
    const bench = jobBench();
    const { job } = await bench.submit();
    await leaveInTheMiddle(bench, job);

    assert.equal((await bench.sweep()).settled.unknown, 1);

    const { job: settled } = await bench.read(job);
    assert.ok(settled.status === 'unknown' && settled.error?.code === 'worker_lost');
  });
});

describe('a job whose state the sweeper cannot read', () => {
  it('waits for code that can, and ends with its day', async () => {
    const bench = jobBench();
    const { job } = await bench.submit();
    const store = { ...bench.store, due: async () => ({ jobs: [], damaged: [job], cursor: undefined }) };
    const sweep = createSweepJobs({ store, queue: { send: assert.fail }, now: bench.now, random: () => 0 });

    const first = await sweep({ at: Infinity });
    await bench.pass(DAY_MS);
    const second = await sweep({ at: Infinity });

    assert.deepEqual([first.damaged, second.settled.expired], [1, 1]);
    assert.equal((await bench.read(job)).job.status, 'expired');
  });
});

describe('a job as answers show it', () => {
  it('has its result, and nothing of the machinery', async () => {
    const bench = jobBench();
    const { job } = await bench.submit();
    await bench.run(job);

    const read = await bench.read(job);
    const shown = presentJob(read.job, read.result);

    assert.deepEqual(Object.keys(shown).toSorted(), [
      'attempt',
      'createdAt',
      'endedAt',
      'jobId',
      'result',
      'startedAt',
      'status',
      'tool',
      'updatedAt',
      'version',
    ]);
    assert.deepEqual(shown['result'], { content: [] });
  });

  it('is listed by status, page by page', async () => {
    const bench = jobBench();
    const jobs = [(await bench.submit()).job, (await bench.submit()).job, (await bench.submit()).job];
    const listJobs = createListJobs({ store: bench.store });
    const query = listJobsSchema.parse({ status: 'queued', limit: '2' });

    const first = await listJobs(PRINCIPAL.tenantId, query);
    const second = await listJobs(PRINCIPAL.tenantId, listJobsSchema.parse({ ...query, cursor: first.nextCursor }));

    assert.deepEqual([first.jobs.length, second.jobs.length, second.nextCursor], [2, 1, undefined]);
    assert.equal(new Set([...first.jobs, ...second.jobs].map(({ jobId }) => jobId)).size, jobs.length);
  });
});
