import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type AttributeValue, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DUE_SHARDS, dueShardOf } from '../../lambdas/adapters/dynamo/keys.ts';
import { createDynamoJobStore } from '../../lambdas/adapters/dynamo/dynamo-job-store.ts';
import type { Job, QueuedJob } from '../../lambdas/hub/jobs/job.ts';
import { claimed, created, ended, sent } from '../../lambdas/hub/jobs/job-edges.ts';
import { createReadJob } from '../../lambdas/hub/jobs/read-job.ts';
import { createJobId } from '../../lambdas/hub/jobs/job-id.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import { jobStoreContract, RETENTION_MS } from '../support/jobs/job-store-contract.ts';
import { startJobsTable } from '../support/jobs/jobs-table.ts';

async function startStore() {
  const { client, tableName, close } = await startJobsTable();
  const clock = { now: 1_800_000_000_000 };
  const options = { tableName, retentionMs: RETENTION_MS, now: () => clock.now };
  return { client, store: createDynamoJobStore(client, options), clock, close };
}

jobStoreContract('DynamoDB', startStore);

describe('jobs that are due in DynamoDB', () => {
  it('come from every part of the index, and from another one first each minute', async () => {
    const { store, clock, close } = await startStore();
    const jobs = Array.from({ length: 64 }, () =>
      created(
        {
          tenantId: tenantIdSchema.parse('acme'),
          jobId: createJobId(clock.now, randomBytes),
          subject: 'ann',
          tool: 't',
        },
        clock.now,
      ),
    );
    for (const job of jobs) await store.create(job, { arguments: {}, via: [], trace: undefined });
    const swept = async (moment: number) => {
      const shards: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.due(moment, cursor);
        shards.push(...page.jobs.map(({ jobId }) => dueShardOf(jobId)));
        cursor = page.cursor;
      } while (cursor !== undefined);
      return shards;
    };

    const minutes = Array.from({ length: DUE_SHARDS }, (_, minute) => clock.now + (minute + 2) * 60_000);
    const sweeps = await Promise.all(minutes.map(swept));
    await close();

    for (const shards of sweeps) assert.equal(shards.length, jobs.length);
    assert.deepEqual(new Set(sweeps.map(([first]) => first)), new Set(jobs.map(({ jobId }) => dueShardOf(jobId))));
  });
});

describe('a state in DynamoDB that this code cannot read', () => {
  let running: Awaited<ReturnType<typeof startStore>>;
  const tenantId = tenantIdSchema.parse('acme');
  const ERROR = { code: 'poisoned', message: 'no' } as const;

  before(async () => {
    running = await startStore();
  });
  after(() => running?.close());

  /** As if other code had written it. */
  async function damaged(state: (job: QueuedJob) => Job, change: Readonly<Record<string, AttributeValue>>) {
    const { client, clock, store } = running;
    const jobId = createJobId((clock.now += 1), randomBytes);
    const queued = created({ tenantId, jobId, subject: 'ann', tool: 'srv_tool' }, clock.now);
    await store.create(queued, { arguments: {}, via: [], trace: undefined });
    const wanted = state(queued);
    if (wanted !== queued) await store.replace(queued, wanted);
    const Key = marshall({ pk: 'TENANT#acme', sk: `JOB#${jobId}` });
    const { Item } = await client.send(new GetItemCommand({ TableName: 'jobs', Key }));
    await client.send(new PutItemCommand({ TableName: 'jobs', Item: { ...Item, ...change } }));
    return wanted;
  }
  const salvage = async ({ jobId }: Job) => (await running.store.salvage(tenantId, jobId)) ?? assert.fail('it is gone');

  it('is salvaged as far as it takes to end the job', async () => {
    const job = await damaged((queued) => queued, { resends: { S: 'many' } });

    await assert.rejects(running.store.get(tenantId, job.jobId));
    const salvaged = await salvage(job);
    assert.ok(salvaged.status === 'queued');
    assert.ok(
      await running.store.replace(salvaged, ended(salvaged, { status: 'failed', error: ERROR }, running.clock.now)),
    );

    const last = await running.store.get(tenantId, job.jobId);
    assert.ok(last?.status === 'failed' && last.tool === job.tool && last.version === job.version + 1);
  });

  it('counts as sent where the call may be', async () => {
    const { now } = running.clock;
    const unsent = await damaged((job) => claimed(job, 'w', now), { repeatable: { S: '?' } });
    const calling = await damaged((job) => sent(claimed(job, 'w', now), true, now), { repeatable: { S: '?' } });
    const unheardOf = await damaged((job) => job, { status: { S: 'paused' } });
    const waiting = await damaged((job) => job, { unanswered: { S: '?' } });

    const salvaged = await Promise.all([unsent, calling, unheardOf].map(salvage));
    const queued = await salvage(waiting);

    assert.ok(queued.status === 'queued' && queued.unanswered);

    assert.deepEqual(
      salvaged.map((job) => job.status === 'running' && [job.sentAt !== undefined, job.repeatable]),
      [
        [false, false],
        [true, false],
        [true, false],
      ],
    );
  });

  it('is listed with the others of its tenant, and can be read', async () => {
    const { store } = running;
    const job = await damaged((queued) => queued, { resends: { S: 'many' } });
    const fine = await damaged((queued) => queued, {});

    const { jobs } = await store.list(tenantId, { status: undefined, limit: 2, after: undefined });
    const read = createReadJob({ store, results: { get: assert.fail } });

    assert.deepEqual(
      jobs.map(({ jobId, status }) => [jobId, status]),
      [fine, job].map(({ jobId }) => [jobId, 'queued']),
    );
    assert.equal((await read(tenantId, job.jobId)).job.status, 'queued');
  });

  it('that is an end stays one', async () => {
    const done = (job: QueuedJob) => ended(job, { status: 'cancelled', error: ERROR }, running.clock.now);
    const job = await damaged(done, { error: { S: 'no JSON' } });

    assert.equal((await salvage(job)).status, 'cancelled');
  });

  it('does not keep what is due beside it from the sweeper', async () => {
    const { clock, store } = running;
    const job = await damaged((queued) => queued, { resends: { S: 'many' } });
    const fine = await damaged((queued) => queued, {});
    const jobs: string[] = [];
    const unreadable: string[] = [];

    let cursor: string | undefined;
    do {
      const page = await store.due(clock.now + 3_600_000, cursor);
      jobs.push(...page.jobs.map(({ jobId }) => jobId));
      unreadable.push(...page.damaged.map(({ jobId }) => jobId));
      cursor = page.cursor;
    } while (cursor !== undefined);

    assert.ok(jobs.includes(fine.jobId) && !jobs.includes(job.jobId));
    assert.ok(unreadable.includes(job.jobId) && !unreadable.includes(fine.jobId));
  });
});
