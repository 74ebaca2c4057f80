import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import { createCallAsJob } from '../../../lambdas/hub/jobs/call-as-job.ts';
import { createCancelJob } from '../../../lambdas/hub/jobs/cancel-job.ts';
import type { QueuedJob } from '../../../lambdas/hub/jobs/job.ts';
import { beaten, claimed, ended, type Ending, sent } from '../../../lambdas/hub/jobs/job-edges.ts';
import { createJobId } from '../../../lambdas/hub/jobs/job-id.ts';
import { createSubmitJob } from '../../../lambdas/hub/jobs/submit-job.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import type { Progress } from '../../../lambdas/hub/upstreams/upstream.ts';
import { inMemoryJobStore } from '../../support/jobs/in-memory-job-store.ts';

const tenantId = tenantIdSchema.parse('acme');
const PRINCIPAL = { tenantId, subject: 'ada', clientId: undefined, scopes: new Set<string>(), expiresAt: 0 };
const RESULT = { content: [{ type: 'text', text: 'done' }] };

interface Setting {
  /** What becomes of the job, so many milliseconds after it was accepted. */
  readonly happens?: Readonly<Record<number, (world: World) => Promise<unknown>>>;
  readonly deadlineMs?: number;
  readonly silenceMs?: number;
  /** Reads of the store that fail, from the first on. */
  readonly outages?: number;
  readonly large?: boolean;
}

interface World {
  progress(progress: number): Promise<unknown>;
  end(ending: Ending): Promise<unknown>;
  leave(): void;
}

/** A call by a job on a clock that goes on only while the caller waits. */
async function calling({ happens = {}, deadlineMs = 60_000, silenceMs, outages = 0, large }: Setting) {
  let clock = 1_800_000_000_000;
  const startedAt = clock;
  const now = () => clock;
  const store = inMemoryJobStore({ now, retentionMs: 60_000 });
  const gone = new AbortController();
  const told: Progress[] = [];
  let failing = outages;
  const accepted: QueuedJob[] = [];
  const submitJob = createSubmitJob({
    store: {
      ...store,
      create: async (job, input, key) => {
        accepted.push(job);
        return store.create(job, input, key);
      },
    },
    queue: { send: async () => undefined },
    now,
    newJobId: () => createJobId(clock, randomBytes),
    pause: async () => undefined,
    random: () => 0,
  });
  const current = async () => {
    const [job] = accepted;
    const seen = job && (await store.get(tenantId, job.jobId));
    assert.ok(seen !== undefined, 'there is a job');
    return seen;
  };
  const running = async () => {
    const job = await current();
    if (job.status === 'running') return job;
    assert.ok(job.status === 'queued', job.status);
    const taken = sent(claimed(job, 'worker', clock), false, clock);
    await store.replace(job, taken);
    return taken;
  };
  const world: World = {
    progress: async (progress) => {
      const job = await running();
      return store.replace(job, beaten(job, { progress }, clock));
    },
    end: async (ending) => {
      const job = await running();
      return ending.status === 'succeeded' && ending.resultIn === 'store'
        ? store.complete(job, ended(job, ending, clock), RESULT)
        : store.replace(job, ended(job, ending, clock));
    },
    leave: () => gone.abort(),
  };
  const due = Object.entries(happens).map(([after, act]) => ({ at: startedAt + Number(after), act }));
  const callAsJob = createCallAsJob({
    limitJobs: async () => undefined,
    submitJob,
    store: {
      get: async (...ids) => {
        if (failing-- > 0) throw new HubError('unavailable', 'down');
        return store.get(...ids);
      },
      readResult: store.readResult,
    },
    results: large ? undefined : { get: async () => RESULT },
    cancelJob: createCancelJob({ store, now }),
    pause: async (milliseconds) => {
      clock += Math.max(1, milliseconds);
      while (due[0] !== undefined && due[0].at <= clock) await due.shift()?.act(world);
    },
    now,
  });
  const context = {
    deadline: { at: startedAt + deadlineMs, signal: gone.signal },
    via: [],
    ...(silenceMs !== undefined && { silenceMs }),
    interaction: {
      capabilities: {},
      takesTasks: false,
      logLevel: undefined,
      inputResponses: undefined,
      requestState: undefined,
      onProgress: (progress: Progress) => void told.push(progress),
      onLog: () => undefined,
    },
  };
  const outcome = await callAsJob(PRINCIPAL, { tool: 'playwright_run', arguments: {} }, context).catch(
    (error: unknown) => error,
  );
  return { outcome: Object(outcome), told, waited: clock - startedAt, job: await current() };
}

const succeeded: Ending = { status: 'succeeded', resultIn: 'store' };

describe('a call that is done by a job', () => {
  it('is answered with the result', async () => {
    const { outcome } = await calling({ happens: { 5_000: ({ end }) => end(succeeded) } });

    assert.deepEqual(outcome, { kind: 'result', result: RESULT });
  });

  it('tells of progress, which never falls', async () => {
    const { told } = await calling({
      happens: {
        1_000: ({ progress }) => progress(1),
        5_000: ({ progress }) => progress(3),
        9_000: ({ progress }) => progress(2),
        15_000: ({ end }) => end(succeeded),
      },
    });

    assert.deepEqual(told, [{ progress: 1 }, { progress: 3 }]);
  });

  it('is answered with the job, which goes on, when there is no time left', async () => {
    const { outcome, job, waited } = await calling({ deadlineMs: 26_000 });

    assert.equal(outcome.kind, 'job');
    assert.equal(outcome.job.jobId, job.jobId);
    assert.equal(job.status, 'queued');
    assert.ok(waited <= 26_000);
  });

  it('is answered with the job when nothing could be told for too long, and progress counts as told', async () => {
    const silent = await calling({ deadlineMs: 900_000, silenceMs: 240_000 });
    const heard = await calling({
      deadlineMs: 900_000,
      silenceMs: 240_000,
      happens: { 200_000: ({ progress }) => progress(1), 430_000: ({ end }) => end(succeeded) },
    });

    assert.equal(silent.outcome.kind, 'job');
    assert.equal(silent.job.status, 'queued');
    assert.ok(silent.waited <= 242_000, String(silent.waited));
    assert.equal(heard.outcome.kind, 'result');
  });

  it('is cancelled when its caller goes', async () => {
    const { job, outcome } = await calling({ happens: { 1_000: async ({ leave }) => leave() } });

    assert.equal(job.status, 'cancelled');
    assert.equal(outcome.kind, 'job');
  });

  it('is not made again because the job could not be looked at for a while', async () => {
    const passing = await calling({ outages: 3, happens: { 1_000: ({ end }) => end(succeeded) } });
    const lasting = await calling({ outages: 1_000, deadlineMs: 26_000 });

    assert.equal(passing.outcome.kind, 'result');
    assert.equal(lasting.outcome.kind, 'job');
    assert.equal(lasting.job.status, 'queued');
  });

  it('fails as the call would have, and says when its outcome is unknown', async () => {
    const error = { code: 'worker_lost', message: 'the hub stopped in the middle' } as const;
    const { outcome } = await calling({ happens: { 1_000: ({ end }) => end({ status: 'unknown', error }) } });

    assert.ok(outcome instanceof HubError);
    assert.equal(outcome.code, 'upstream_error');
    assert.deepEqual(outcome.details, { outcome: 'unknown' });
  });

  it('is answered with the job that is done, where its result is too large to be fetched here', async () => {
    const ending: Ending = { status: 'succeeded', resultIn: 'results' };
    const { outcome } = await calling({ large: true, happens: { 1_000: ({ end }) => end(ending) } });

    assert.equal(outcome.kind, 'job');
    assert.equal(outcome.job.status, 'succeeded');
  });
});
