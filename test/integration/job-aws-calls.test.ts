import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DUE_SHARDS } from '../../lambdas/adapters/dynamo/keys.ts';
import { askHub } from '../../local/control/ask-hub.ts';
import { answerSchemas } from '../../local/control/control-commands.ts';
import { roundTrips } from '../support/round-trips.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

describe('AWS calls of a job', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;
  /** Each has one message. */
  const jobs = new Set<string>();

  const made = (by: string) => hub.awsCalls.filter(({ functionName }) => functionName.includes(`local-${by}`));
  const operations = (by: string) => made(by).map(({ operation }) => operation);
  const submit = async (tool: string, headers = {}) => {
    const body = { mode: 'async', arguments: { message: 'x' } };
    const accepted = await hub.call('POST', `/v1/tools/m_${tool}/invoke`, { headers, body });
    assert.equal(accepted.status, 202, accepted.text);
    jobs.add(accepted.body.jobId);
    return accepted.body.jobId;
  };
  const read = (jobId: string) => hub.call('GET', `/v1/jobs/${jobId}`);
  /** Until the workers are done with every message. */
  async function quiet(): Promise<void> {
    for (let tries = 0; tries < 600 && hub.batches.length < jobs.size; tries++) await delay(50);
    assert.equal(hub.batches.length, jobs.size);
  }
  async function run(tool: string): Promise<string> {
    const jobId = await submit(tool);
    await quiet();
    assert.equal((await read(jobId)).body.status, 'succeeded');
    return jobId;
  }

  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
    await hub.register({ slug: 'm', url: upstream.url, credential: { type: 'bearer', token: 'a-token' } });
    upstream.offer.largeResult = 'x'.repeat(400_000);
    await run('echo');
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
  });

  it('to accept it: a read and a count in one round trip, a transaction, a message', async () => {
    hub.awsCalls.splice(0);
    hub.gatherAwsCalls(2);

    await submit('echo');

    const [first, second, ...rest] = operations('Invoke');
    assert.deepEqual([first, second].sort(), ['BatchGetItem', 'UpdateItem']);
    assert.deepEqual(rest, ['TransactWriteItems', 'SendMessage']);
    assert.equal(roundTrips(made('Invoke')), 3);
  });

  it('to answer a request with its key again: two reads more, and no message', async () => {
    const headers = { 'idempotency-key': 'again' };
    await submit('echo', headers);
    hub.awsCalls.splice(0);

    await submit('echo', headers);

    assert.deepEqual(operations('Invoke').toSorted(), [
      'BatchGetItem',
      'GetItem',
      'GetItem',
      'TransactWriteItems',
      'UpdateItem',
    ]);
  });

  it('to do it: a claim, what a call reads and its input in one round trip, a mark before the call, its end', async () => {
    await quiet();
    hub.awsCalls.splice(0);

    await run('echo');

    const [read1, claim, ...rest] = operations('Worker');
    assert.deepEqual([read1, claim], ['GetItem', 'PutItem']);
    assert.deepEqual(rest.slice(0, 4).toSorted(), ['BatchGetItem', 'GetItem', 'UpdateItem', 'UpdateItem']);
    assert.deepEqual(rest.slice(4), ['PutItem', 'TransactWriteItems']);
  });

  it('to keep a large result: an object, and the end without it', async () => {
    hub.awsCalls.splice(0);

    const jobId = await run('large');

    assert.deepEqual(operations('Worker').slice(-3), ['PutItem', 'PutObject', 'PutItem']);
    hub.awsCalls.splice(0);
    await read(jobId);
    assert.deepEqual(operations('Jobs'), ['GetItem', 'GetObject']);
  });

  it('to show it: its state and its result', async () => {
    const jobId = await run('echo');
    hub.awsCalls.splice(0);

    await read(jobId);

    assert.deepEqual(operations('Jobs'), ['GetItem', 'GetItem']);
  });

  it('to list jobs: one query', async () => {
    hub.awsCalls.splice(0);

    await hub.call('GET', '/v1/jobs');

    assert.deepEqual(operations('Jobs'), ['Query']);
  });

  it('to sweep when nothing is due: one query for each part of the index', async () => {
    hub.awsCalls.splice(0);
    const swept = () => hub.invocations.filter(({ functionName }) => functionName.includes('Sweeper')).length;
    const before = swept();

    await askHub(hub.dataDirectory, { command: 'fire', name: 'AsyncJobsSweep' }, answerSchemas.fire);
    for (let tries = 0; tries < 600 && swept() === before; tries++) await delay(50);

    assert.deepEqual(new Set(operations('Sweeper')), new Set(['Query']));
    assert.equal(operations('Sweeper').length % DUE_SHARDS, 0);
  });

  it('to cancel it: a read and a write', async () => {
    await quiet();
    upstream.clear();
    const body = { mode: 'async', arguments: { ms: 60_000 } };
    const { jobId } = (await hub.call('POST', '/v1/tools/m_slow/invoke', { body })).body;
    for (let tries = 0; tries < 600 && upstream.count('tools/call') === 0; tries++) await delay(50);
    hub.awsCalls.splice(0);

    assert.equal((await hub.call('DELETE', `/v1/jobs/${jobId}`)).status, 202);

    assert.deepEqual(operations('Jobs'), ['GetItem', 'PutItem']);
  });
});
