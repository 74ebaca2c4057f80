import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { Job, QueuedJob } from '../../../lambdas/hub/jobs/job.ts';
import {
  beaten,
  cancelRequested,
  claimed,
  created,
  delegated,
  ended,
  released,
  resent,
  sent,
} from '../../../lambdas/hub/jobs/job-edges.ts';
import { createJobId, type JobId } from '../../../lambdas/hub/jobs/job-id.ts';
import type { JobStore } from '../../../lambdas/hub/jobs/job-store.ts';
import { type TenantId, tenantIdSchema } from '../../../lambdas/hub/principal.ts';

export interface StoreUnderTest {
  readonly store: JobStore;
  /** The clock that it reads. */
  readonly clock: { now: number };
  readonly close?: () => Promise<void>;
}

export const RETENTION_MS = 7 * 24 * 3600_000;
const INPUT = { arguments: { city: 'Graz', __proto: { deep: [1.5, null, ''] } }, via: ['hub-1'], trace: undefined };
const ERROR = { code: 'rate_limited', message: 'wait', details: { limit: { name: 'tenant', perMinute: 1 } } } as const;
const refusedAs = (code: string) => (error: unknown) => error instanceof HubError && error.code === code;

/** What a job store promises, whatever it is on. */
export function jobStoreContract(name: string, setUp: () => Promise<StoreUnderTest>): void {
  describe(`a job store on ${name}`, () => {
    let store: JobStore;
    let clock: { now: number };
    let tenantId: TenantId;
    let tenants = 0;
    let close: (() => Promise<void>) | undefined;

    before(async () => {
      ({ store, clock, close } = await setUp());
    });
    after(() => close?.());
    beforeEach(() => {
      tenantId = tenantIdSchema.parse(`${name.toLowerCase().replaceAll(' ', '-')}-${++tenants}`);
    });

    const newJob = (subject = 'ann'): QueuedJob => {
      clock.now += 1;
      const jobId = createJobId(clock.now, randomBytes);
      return created({ tenantId, jobId, subject, tool: 'srv_tool' }, clock.now);
    };
    const stored = async (job = newJob()): Promise<QueuedJob> => {
      await store.create(job, INPUT);
      return job;
    };
    const replaced = async <T extends Job>(from: Job, to: T): Promise<T> => {
      assert.ok(await store.replace(from, to));
      return to;
    };
    const dueIds = async (at: number) => {
      const ids: JobId[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.due(at, cursor);
        ids.push(...page.jobs.filter((job) => job.tenantId === tenantId).map(({ jobId }) => jobId));
        cursor = page.cursor;
      } while (cursor !== undefined);
      return ids;
    };

    it('keeps a job and its input as they were created', async () => {
      const job = await stored();

      assert.deepEqual(await store.get(tenantId, job.jobId), job);
      assert.deepEqual(await store.readInput(tenantId, job.jobId), INPUT);
      assert.equal(await store.readResult(tenantId, job.jobId), undefined);
    });

    it('keeps every state as it was written', async () => {
      const { now } = clock;
      const queued = await stored();
      const running = await replaced(queued, claimed(queued, 'w', now));
      const progressing = await replaced(running, beaten(running, { progress: 1e300, total: 2, message: 'é' }, now));
      const marked = await replaced(progressing, sent(progressing, true, now));
      const task = { serverId: 's', taskId: 'é#1', pollIntervalMs: undefined };
      const followed = await replaced(marked, delegated(marked, task, now));
      assert.deepEqual(await store.get(tenantId, queued.jobId), followed);
      const unwanted = await replaced(followed, cancelRequested(followed, now));
      const waiting = await replaced(
        unwanted,
        released({ ...unwanted, unanswered: true }, { error: ERROR, notBefore: now, waited: true }, now),
      );
      assert.deepEqual([waiting.delegated, waiting.unanswered], [task, true]);
      const again = await replaced(waiting, resent(waiting, now));
      const last = await replaced(again, ended(again, { status: 'failed', error: ERROR }, now));

      assert.deepEqual(await store.get(tenantId, last.jobId), last);
      assert.deepEqual(Object.keys(progressing.progress ?? {}), ['progress', 'total', 'message']);
    });

    it('replaces a state by none but the next one', async () => {
      const job = await stored();
      const running = await replaced(job, claimed(job, 'first', clock.now));

      assert.equal(await store.replace(job, claimed(job, 'second', clock.now)), false);
      assert.equal(await store.complete(job, ended(job, { status: 'succeeded', resultIn: 'store' }, 1), {}), false);

      assert.deepEqual(await store.get(tenantId, job.jobId), running);
      assert.equal(await store.readResult(tenantId, job.jobId), undefined);
    });

    it('lets one of many claims succeed', async () => {
      const job = await stored();

      const claims = Array.from({ length: 10 }, (_, worker) =>
        store.replace(job, claimed(job, `${worker}`, clock.now)),
      );

      assert.equal((await Promise.all(claims)).filter(Boolean).length, 1);
    });

    it('recognises a write that is repeated', async () => {
      const job = newJob();
      await store.create(job, INPUT);
      assert.deepEqual(await store.create(job, INPUT), job);
      const running = await replaced(job, claimed(job, 'w', clock.now));
      await replaced(job, running);
      const last = ended(running, { status: 'succeeded', resultIn: 'store' }, clock.now);

      assert.ok(await store.complete(running, last, { ok: true }));
      assert.ok(await store.complete(running, last, { ok: true }));
    });

    it('keeps a result with the state that says so', async () => {
      const job = await stored();
      const running = await replaced(job, claimed(job, 'w', clock.now));
      const result = { content: [{ type: 'text', text: 'x'.repeat(299 * 1024) }], deep: [[[[[1.25]]]]] };
      const last = ended(running, { status: 'succeeded', resultIn: 'store' }, clock.now);

      await store.complete(running, last, result);

      assert.deepEqual(await store.get(tenantId, job.jobId), last);
      assert.deepEqual(await store.readResult(tenantId, job.jobId), result);
    });

    it('answers the same job to the same request, of the same subject', async () => {
      const key = { key: 'k', requestHash: 'h' };
      const [first, second, other] = [newJob('ann'), newJob('ann'), newJob('bob')];

      const answers = await Promise.all([first, second].map((job) => store.create(job, INPUT, key)));

      assert.equal(answers[0]?.jobId, answers[1]?.jobId);
      assert.deepEqual(await store.create(other, INPUT, key), other);
      assert.equal((await store.list(tenantId, { status: undefined, limit: 10, after: undefined })).jobs.length, 2);
    });

    it('answers the job as it is now to a request that is repeated', async () => {
      const key = { key: 'k', requestHash: 'h' };
      const job = newJob();
      await store.create(job, INPUT, key);
      const running = await replaced(job, claimed(job, 'w', clock.now));

      assert.deepEqual(await store.create(newJob(), INPUT, key), running);
    });

    it('finds the job of a key, which is of its subject and its request only', async () => {
      const key = { key: 'k', requestHash: 'h' };
      const job = newJob('ann');
      const running = claimed(job, 'w', clock.now);

      assert.equal(await store.find(job, key), undefined);
      await store.create(job, INPUT, key);
      await replaced(job, running);

      assert.deepEqual(await store.find(job, key), running);
      assert.equal(await store.find({ tenantId, subject: 'bob' }, key), undefined);
      await assert.rejects(store.find(job, { ...key, requestHash: 'i' }), refusedAs('idempotency_mismatch'));
    });

    it('refuses a key that stands for another request', async () => {
      await store.create(newJob(), INPUT, { key: 'k', requestHash: 'h' });

      await assert.rejects(
        store.create(newJob(), INPUT, { key: 'k', requestHash: 'i' }),
        refusedAs('idempotency_mismatch'),
      );
    });

    it('keeps a key as long as its job, which ends later than it begins', async () => {
      const key = { key: 'k', requestHash: 'h' };
      const job = newJob();
      await store.create(job, INPUT, key);
      clock.now += 20 * 3600_000;
      const last = await replaced(job, ended(job, { status: 'failed', error: ERROR }, clock.now));

      clock.now += RETENTION_MS - 3600_000;

      assert.deepEqual(await store.create(newJob(), INPUT, key), last);
    });

    it('forgets keys, and jobs that have ended, when their time is over', async () => {
      const key = { key: 'k', requestHash: 'h' };
      const [first, waiting, second] = [newJob(), newJob(), newJob()];
      await store.create(first, INPUT, key);
      await store.create(waiting, INPUT);
      await replaced(first, ended(first, { status: 'cancelled', error: ERROR }, clock.now));

      clock.now += RETENTION_MS + 1000;

      assert.equal(await store.get(tenantId, first.jobId), undefined);
      assert.deepEqual(await store.create({ ...second, createdAt: clock.now }, INPUT, { ...key, requestHash: 'i' }), {
        ...second,
        createdAt: clock.now,
      });
      const { jobs } = await store.list(tenantId, { status: undefined, limit: 10, after: undefined });
      assert.deepEqual(
        jobs.map(({ jobId }) => jobId),
        [second.jobId, waiting.jobId],
      );
    });

    it('lists the jobs of a tenant, newest first, page by page', async () => {
      const jobs = [await stored(), await stored(), await stored(), await stored(), await stored()];
      const pages: Job[][] = [];
      let last: JobId | undefined;
      do {
        const page = await store.list(tenantId, { status: undefined, limit: 2, after: last });
        pages.push([...page.jobs]);
        last = page.after;
      } while (last !== undefined);

      assert.deepEqual(pages.flat(), jobs.toReversed());
      assert.ok(pages.every((page) => page.length <= 2));
    });

    it('lists the jobs of one status, page by page', async () => {
      const jobs = [await stored(), await stored(), await stored(), await stored(), await stored()];
      for (const job of jobs.slice(1, 4)) await replaced(job, claimed(job, 'w', clock.now));

      const first = await store.list(tenantId, { status: 'running', limit: 2, after: undefined });
      const second = await store.list(tenantId, { status: 'running', limit: 2, after: first.after });

      const [, oldest, middle, newest] = jobs.map(({ jobId }) => jobId);
      assert.deepEqual(
        [first.jobs, second.jobs].map((page) => page.map(({ jobId }) => jobId)),
        [[newest, middle], [oldest]],
      );
      assert.equal(second.after, undefined);
    });

    it('shows a tenant nothing of another', async () => {
      const job = await stored();
      const running = await replaced(job, claimed(job, 'w', clock.now));
      await store.complete(running, ended(running, { status: 'succeeded', resultIn: 'store' }, clock.now), {});
      const other = tenantIdSchema.parse(`${tenantId}-other`);

      assert.equal(await store.get(other, job.jobId), undefined);
      assert.equal(await store.readInput(other, job.jobId), undefined);
      assert.equal(await store.readResult(other, job.jobId), undefined);
      assert.deepEqual((await store.list(other, { status: undefined, limit: 10, after: undefined })).jobs, []);
    });

    it('gives the sweeper what is due, of any tenant, and nothing that has ended', async () => {
      const jobs = await Promise.all(Array.from({ length: 40 }, () => stored()));
      const [first, second, ...rest] = jobs;
      assert.ok(first && second);
      const running = await replaced(first, claimed(first, 'w', clock.now));
      await replaced(second, ended(second, { status: 'cancelled', error: ERROR }, clock.now));

      assert.deepEqual(await dueIds(running.leaseUntil - 1), []);
      assert.deepEqual(await dueIds(running.leaseUntil), [first.jobId]);
      const all = await dueIds(Math.max(...rest.map(({ pickupBy }) => pickupBy)));
      assert.deepEqual(all.toSorted(), [first, ...rest].map(({ jobId }) => jobId).toSorted());
    });
  });
}
