import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type Call, startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

const ENDED = ['succeeded', 'failed', 'cancelled', 'expired', 'unknown'];

describe('a job', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;

  const submit = (tool: string, args: object = {}, options: Call = {}) =>
    hub.call('POST', `/v1/tools/mine_${tool}/invoke`, { ...options, body: { arguments: args, mode: 'async' } });
  const read = (jobId: string, options: Call = {}) => hub.call('GET', `/v1/jobs/${jobId}`, options);

  async function until(jobId: string, isReached: (answer: Answer) => boolean): Promise<Answer> {
    for (let tries = 0; tries < 300; tries++) {
      const answer = await read(jobId);
      if (isReached(answer)) return answer;
      await delay(50);
    }
    throw new Error(`job ${jobId} stands still: ${(await read(jobId)).text}`);
  }
  const untilStatus = (jobId: string, ...statuses: string[]) =>
    until(jobId, ({ body }) => statuses.includes(body.status));

  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
    await hub.register({ slug: 'mine', url: upstream.url });
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
  });
  beforeEach(() => upstream.clear());

  it('is accepted with where and when to ask for it, and ends with the result of the tool', async () => {
    const accepted = await submit('echo', { message: 'later' });

    assert.equal(accepted.status, 202, accepted.text);
    assert.equal(accepted.body.status, 'queued');
    assert.equal(accepted.headers.get('location'), `${hub.url}/v1/jobs/${accepted.body.jobId}`);
    assert.equal(accepted.headers.get('retry-after'), '1');

    const { body, headers } = await untilStatus(accepted.body.jobId, ...ENDED);
    assert.equal(body.status, 'succeeded', JSON.stringify(body));
    assert.deepEqual(body.result.content, [{ type: 'text', text: 'later' }]);
    assert.equal(upstream.count('tools/call'), 1);

    const again = await read(accepted.body.jobId, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
    assert.equal(again.status, 304);
  });

  it('is the same one when a request with its key is repeated, and the tool is called once', async () => {
    const headers = { 'idempotency-key': '"order-1"' };
    const answers = await Promise.all([1, 2, 3].map(() => submit('count', {}, { headers })));

    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202, 202],
    );
    const ids = new Set(answers.map(({ body }) => body.jobId));
    assert.equal(ids.size, 1);
    await untilStatus([...ids][0], ...ENDED);
    assert.equal((await submit('count', {}, { headers: { 'idempotency-key': 'order-1' } })).body.status, 'succeeded');
    assert.equal(upstream.offer.effects, 1);
  });

  it('does not take the key of another request, and a synchronous call takes none', async () => {
    const headers = { 'idempotency-key': 'order-2' };
    await submit('echo', { message: 'x' }, { headers });

    const other = await submit('echo', { message: 'y' }, { headers });
    assert.equal(other.status, 422);
    assert.equal(other.body.code, 'idempotency_mismatch');
    const body = { arguments: {}, mode: 'sync' };
    const synchronous = await hub.call('POST', '/v1/tools/mine_echo/invoke', { headers, body });
    assert.equal(synchronous.status, 400);
    const bad = await submit('echo', {}, { headers: { 'idempotency-key': 'with space' } });
    assert.equal(bad.status, 400);
  });

  it('is what a key asks for where the hub decides, however quick the tool is', async () => {
    const headers = { 'idempotency-key': 'order-3' };
    const call = () => hub.call('POST', '/v1/tools/mine_echo/invoke', { headers, body: { arguments: {} } });

    const [first, second] = [await call(), await call()];

    assert.deepEqual([first.status, second.status], [202, 202], first.text);
    assert.equal(second.body.jobId, first.body.jobId);
  });

  it('is refused at once for what cannot be called', async () => {
    assert.equal((await submit('nothing')).body.code, 'tool_not_found');
  });

  it('fails with the reason when the server refuses', async () => {
    const { body } = await submit('refuse');

    const ended = await untilStatus(body.jobId, ...ENDED);

    assert.equal(ended.body.status, 'failed');
    assert.equal(ended.body.error.code, 'upstream_error');
  });

  it('that runs is aborted at the server when it is cancelled, and says that its effect is unknown', async () => {
    const { body } = await submit('slow', { ms: 60_000 });
    await until(body.jobId, () => upstream.count('tools/call') === 1);

    const cancelled = await hub.call('DELETE', `/v1/jobs/${body.jobId}`);

    assert.equal(cancelled.status, 202);
    assert.equal(cancelled.body.cancelRequested, true);
    const ended = await untilStatus(body.jobId, ...ENDED);
    assert.equal(ended.body.status, 'unknown');
    const again = await hub.call('DELETE', `/v1/jobs/${body.jobId}`);
    assert.equal(again.status, 409);
    assert.equal(again.body.code, 'job_finished');
  });

  it('keeps a result whole that is larger than an item', async () => {
    upstream.offer.largeResult = 'x'.repeat(1_500_000);
    const { body } = await submit('large');

    const ended = await untilStatus(body.jobId, ...ENDED);

    assert.equal(ended.body.status, 'succeeded', JSON.stringify(ended.body.error));
    assert.equal(ended.body.result.content[0].text.length, 1_500_000);
  });

  it('was done, and says so, when its result fits no answer', async () => {
    upstream.offer.largeResult = '"'.repeat(2_000_000);
    const { body } = await submit('large');

    const ended = await until(body.jobId, ({ status }) => status !== 200);

    assert.equal(ended.status, 502);
    assert.equal(ended.body.code, 'upstream_response_too_large');
    assert.equal(ended.body.outcome, 'done');
  });

  it('is nobody else’s', async () => {
    const { body } = await submit('echo', { message: 'mine' });

    for (const method of ['GET', 'DELETE']) {
      const answer = await hub.call(method, `/v1/jobs/${body.jobId}`, { tenant: 'other' });
      assert.equal(answer.status, 404);
      assert.equal(answer.body.code, 'job_not_found');
    }
    assert.deepEqual((await hub.call('GET', '/v1/jobs', { tenant: 'other' })).body, { jobs: [] });
    assert.equal((await read('nonsense')).status, 404);
  });

  it('is listed, newest first, by status and page by page', async () => {
    const { body } = await submit('echo', { message: 'last' });
    await untilStatus(body.jobId, ...ENDED);

    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await hub.call('GET', `/v1/jobs?status=succeeded&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.jobs.map(({ jobId }: { jobId: string }) => jobId));
      cursor = page.body.nextCursor ?? '';
    } while (cursor !== '');

    assert.equal(seen[0], body.jobId);
    assert.deepEqual(seen, seen.toSorted().reverse());
    assert.equal(new Set(seen).size, seen.length);
    assert.equal((await hub.call('GET', '/v1/jobs?status=nonsense')).status, 400);
  });
});
