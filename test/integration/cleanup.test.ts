import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fire, until } from '../support/fire.ts';
import { modifiedAssembly } from '../support/modified-assembly.ts';
import { storedItems } from '../support/stored-items.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

const DAY_MS = 24 * 3600_000;

/** The stack without the sweep of every minute, which would end stuck jobs first. */
function assemblyWithoutSweep(): Promise<string> {
  return modifiedAssembly((resources) => {
    const [, sweep] = Object.entries(resources).find(([logicalId, { Type }]) => {
      return Type === 'AWS::Scheduler::Schedule' && logicalId.startsWith('AsyncJobsSweep');
    }) ?? [undefined, undefined];
    assert.ok(sweep);
    sweep.Properties.State = 'DISABLED';
  });
}

describe('the daily cleanup', () => {
  let assembly: string;
  let hub: TestHub;
  let items: ReturnType<typeof storedItems>;
  let modern: Awaited<ReturnType<typeof startModern>>;
  let kept: string;
  let orphaned: string;

  before(async () => {
    assembly = await assemblyWithoutSweep();
    [hub, modern] = await Promise.all([startTestHub({ assembly }), startModern()]);
    items = storedItems(hub);
    await hub.register({ slug: 'mine', url: modern.url });
    await hub.register({ slug: 'gone', url: modern.url });
    modern.offer.largeResult = 'x'.repeat(1_500_000);
    [kept, orphaned] = [await largeJob(), await largeJob()];
  });
  after(async () => {
    items?.close();
    await Promise.all([hub?.close(), modern?.close()]);
    await rm(assembly, { recursive: true });
  });

  const jobKey = (jobId: string) => ({ pk: 'TENANT#acme', sk: `JOB#${jobId}` });
  const statusOf = async (jobId: string) => (await hub.call('GET', `/v1/jobs/${jobId}`)).body.status;
  const catalogOf = async (slug: string) => (await items.all('Catalog')).filter(({ sk }) => sk.split('#')[1] === slug);
  const removals = () =>
    hub.awsCalls.filter(
      ({ functionName, operation }) => functionName.includes('Cleaner') && /Delete|Put/.test(operation),
    );

  /** A job whose result is in the bucket. */
  async function largeJob(): Promise<string> {
    const { body } = await hub.call('POST', '/v1/tools/mine_large/invoke', { body: { mode: 'async' } });
    await until(async () => ((await statusOf(body.jobId)) === 'succeeded' ? true : undefined));
    return body.jobId;
  }

  /** As if nobody had worked on a job for more than a day. */
  async function stuckJob(): Promise<string> {
    const jobId = `${kept.slice(0, 12)}${'0'.repeat(32)}`;
    const { owner, startedAt, endedAt, resultIn, expiresAt, ...job } = await items.get('Jobs', jobKey(kept));
    const createdAt = Date.now() - DAY_MS - 1;
    const due = { dueShard: 'DUE#0', dueAt: createdAt + 60_000 };
    const queued = {
      status: 'queued',
      attempt: 0,
      notBefore: createdAt,
      pickupBy: createdAt + 60_000,
      resends: 0,
      unanswered: false,
    };
    await items.put('Jobs', { ...job, ...jobKey(jobId), jobId, createdAt, updatedAt: createdAt, ...queued, ...due });
    return jobId;
  }

  async function cleanUp(): Promise<void> {
    hub.batches.splice(0);
    await fire(hub, 'Cleanup');
    const steps = () => hub.batches.filter(({ functionName }) => functionName.includes('Cleaner'));
    await until(() => (steps().length === 3 ? true : undefined));
    assert.deepEqual(
      steps().map(({ failed }) => failed),
      [0, 0, 0],
    );
  }

  it('ends stuck jobs and removes what belongs to nothing, and nothing else', async () => {
    const stuck = await stuckJob();
    await items.remove('Registry', { pk: 'TENANT#acme', sk: 'CONFIG#SERVER#gone' });
    await items.remove('Jobs', jobKey(orphaned));
    const left = (await catalogOf('gone')).length;
    assert.ok(left > 0);

    await cleanUp();

    assert.equal(await statusOf(stuck), 'expired');
    assert.equal((await catalogOf('gone')).length, 0);
    const deleted = removals().filter(({ operation }) => operation === 'DeleteObject');
    assert.equal(deleted.length, 1);
    assert.ok((await hub.call('GET', '/v1/tools')).body.tools.length > 0);
    const { body } = await hub.call('GET', `/v1/jobs/${kept}`);
    assert.equal(body.result.content[0].text.length, 1_500_000);
    assert.deepEqual(counts(), { JobsExpired: 1, OrphanedCatalogItemsRemoved: left, OrphanedResultsRemoved: 1 });
  });

  it('changes nothing when it comes again', async () => {
    hub.awsCalls.splice(0);
    hub.logLines.splice(0);

    await cleanUp();

    assert.deepEqual(removals(), []);
    assert.deepEqual(counts(), { JobsExpired: 0, OrphanedCatalogItemsRemoved: 0, OrphanedResultsRemoved: 0 });
  });

  /** What the log tells CloudWatch. */
  function counts(): Record<string, number> {
    const lines = hub.logLines.filter(({ line }) => line.startsWith('{"_aws"')).map(({ line }) => JSON.parse(line));
    const sum = (name: string) => lines.reduce((total, line) => total + (line[name] ?? 0), 0);
    const names = ['JobsExpired', 'OrphanedCatalogItemsRemoved', 'OrphanedResultsRemoved'];
    return Object.fromEntries(names.map((name) => [name, sum(name)]));
  }
});
