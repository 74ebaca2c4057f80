import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { createS3JobResults } from '../../lambdas/adapters/s3-job-results.ts';
import { createS3StoredResults } from '../../lambdas/adapters/s3-stored-results.ts';
import { createRemoveOrphanedResults } from '../../lambdas/hub/cleanup/orphaned-results.ts';
import { claimed, created, ended } from '../../lambdas/hub/jobs/job-edges.ts';
import { createJobId, type JobId } from '../../lambdas/hub/jobs/job-id.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import { inMemoryJobStore } from '../support/jobs/in-memory-job-store.ts';
import { createRunningEndpoints } from '../support/running-endpoints.ts';
import { bucketFixture, stackFixture } from '../support/stack-fixture.ts';

const NOW = 1_800_000_000_000;
const now = () => NOW;
const FOREVER = { at: Infinity, signal: new AbortController().signal };
const tenantId = tenantIdSchema.parse('acme:eu|1');
const ERROR = { code: 'upstream_error', message: 'no' } as const;

const buckets = Array.from({ length: 2 }, (_, index) => bucketFixture(`results-${index}`));
const stack = {
  ...stackFixture({
    Cleaner: [{ Effect: 'Allow', Action: ['s3:*'], Resource: '*' }],
  }),
  buckets,
};
const running = createRunningEndpoints(stack);

describe('the cleanup of results, in S3', () => {
  let bucket: string;
  let run = 0;
  before(running.start);
  after(running.remove);
  beforeEach(() => {
    bucket = `results-${run}`;
    run += 1;
  });

  const results = () => createS3JobResults(running.s3('Cleaner'), bucket);
  const newId = () => createJobId(NOW, randomBytes);
  const keys = async () => {
    const { Contents = [] } = await running.s3('Cleaner').send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key }) => Key);
  };
  const put = (jobId: JobId, attempt = 1) => results().put(tenantId, { jobId, attempt }, { content: ['x'] });

  /** A store with one job in each state that matters; each has results of its first two attempts. */
  async function jobsWithResults() {
    const jobs = inMemoryJobStore({ now, retentionMs: 60_000 });
    const second = async () => {
      const queued = { ...created({ tenantId, jobId: newId(), subject: 'ann', tool: 't' }, NOW), attempt: 1 };
      await jobs.create(queued, { arguments: {}, via: [], trace: undefined });
      await put(queued.jobId, 1);
      await put(queued.jobId, 2);
      return queued;
    };
    const queued = await second();
    const [one, two, three] = [await second(), await second(), await second()];
    const running = claimed(one, 'w', NOW);
    await jobs.replace(one, running);
    const runningToo = claimed(two, 'w', NOW);
    await jobs.replace(two, runningToo);
    const succeeded = ended(runningToo, { status: 'succeeded', resultIn: 'results' }, NOW);
    await jobs.replace(runningToo, succeeded);
    const failed = ended(three, { status: 'failed', error: ERROR }, NOW);
    await jobs.replace(three, failed);
    return { jobs, queued, running, succeeded, failed };
  }

  it('removes those that no job has, and no other', async () => {
    const { jobs, running: active, succeeded } = await jobsWithResults();
    await put(newId());
    const cleanUp = createRemoveOrphanedResults({
      stored: createS3StoredResults(running.s3('Cleaner'), bucket),
      results: results(),
      jobs,
      now,
    });

    const reports = [await cleanUp(undefined, FOREVER), await cleanUp(undefined, FOREVER)];

    assert.deepEqual(
      reports.map(({ counts }) => counts['OrphanedResultsRemoved']),
      [7, 0],
    );
    const kept = [active, succeeded].map(({ jobId }) => `${encodeURIComponent(tenantId)}/${jobId}/2.json`);
    assert.deepEqual(await keys(), kept.toSorted());
  });

  it('goes in steps, and leaves other objects alone', async () => {
    const strangers = ['readme.txt', 'acme/x/1.json', '%/y/1.json'];
    for (const Key of strangers) {
      await running.s3('Cleaner').send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    }
    for (let count = 0; count < 150; count += 1) await put(newId());
    const cleanUp = createRemoveOrphanedResults({
      stored: createS3StoredResults(running.s3('Cleaner'), bucket),
      results: results(),
      jobs: { salvage: async () => undefined },
      now,
    });

    const first = await cleanUp(undefined, { ...FOREVER, at: NOW });
    const second = await cleanUp(first.rest?.cursor, { ...FOREVER, at: NOW });

    assert.ok(first.rest?.cursor !== undefined && second.rest === undefined);
    assert.deepEqual(await keys(), strangers.toSorted());
  });
});
