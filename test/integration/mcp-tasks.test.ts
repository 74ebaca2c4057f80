import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectClient } from '../support/mcp-client.ts';
import { connectTaskClient, type TaskClient } from '../support/task-client.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

describe('a task of a tool that takes long', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;
  let client: TaskClient;

  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
    upstream.offer.tools = upstream.offer.tools.map((tool) => ({ ...tool, description: 'Takes long' }));
    await hub.register({ slug: 'mine', url: upstream.url });
    client = await connectTaskClient(hub);
  });
  after(async () => {
    await client?.client.close();
    await Promise.all([hub?.close(), upstream?.close()]);
  });

  it('ends with the result that its caller would have waited for, and is a job', async () => {
    const task = await client.call('mine_odd');
    assert.equal(task['resultType'], 'task');

    const { result } = await client.until(task['taskId']);
    const job = await hub.call('GET', `/v1/jobs/${String(task['taskId'])}`);
    const waited = await hub.call('POST', '/v1/tools/mine_odd/invoke', { body: {} });

    assert.equal(job.body.status, 'succeeded');
    assert.deepEqual(job.body.result, waited.body.result);
    const { _meta, ...shown } = waited.body.result;
    assert.deepEqual(result, { ...shown, _meta: { 'example.com/trace': 'abc', count: 0 } });
  });

  it('has the names of its server where that server is shown', async () => {
    const own = await connectTaskClient(hub, { path: '/servers/mine/mcp' });
    const task = await own.call('odd');

    const { result } = await own.until(task['taskId']);

    assert.match(JSON.stringify(result), /"uri":"sample:\/\/greeting"/);
    await own.client.close();
  });

  it('is completed when the tool reports an error, and failed when the server refuses', async () => {
    const [reported, refused] = await Promise.all([client.call('mine_fail'), client.call('mine_refuse')]);

    const completed = await client.until(reported['taskId']);
    assert.equal(completed['status'], 'completed');
    assert.equal((completed['result'] as { isError: boolean }).isError, true);
    const failed = await client.until(refused['taskId']);
    assert.equal(failed['status'], 'failed');
    assert.deepEqual(failed['error'], {
      code: -32_602,
      message: 'these arguments are not welcome',
      data: { code: 'upstream_error' },
    });
  });

  it('is aborted at the server when it is cancelled', async () => {
    const before = upstream.offer.cancellations;
    const { taskId } = await client.call('mine_slow', { ms: 60_000 });
    await client.until(taskId, 'working');

    assert.deepEqual(Object.keys(await client.cancel(taskId)).sort(), ['_meta']);

    const { status } = await client.until(taskId);
    // Whether the server was being asked already is a matter of moments.
    assert.equal(status, upstream.offer.cancellations > before ? 'failed' : 'cancelled');
  });

  it('is nobody else’s', async () => {
    const { taskId } = await client.call('mine_echo', { message: 'mine' });
    const other = await connectTaskClient(hub, { tenant: 'other' });

    await assert.rejects(other.get(taskId), { code: -32_602 });
    await assert.rejects(other.update(taskId, {}), { code: -32_602 });
    await assert.rejects(other.cancel(taskId), { code: -32_602 });
    await other.client.close();
  });

  it('is none for a client that does not declare the extension', async () => {
    const plain = await connectClient(hub);

    const result = await plain.callTool({ name: 'mine_echo', arguments: { message: 'now' } });

    assert.deepEqual(result.content, [{ type: 'text', text: 'now' }]);
    await plain.close();
  });

  it('costs a read and two counters, a transaction and a message to accept', async () => {
    await client.until((await client.call('mine_echo', { message: 'warm' }))['taskId']);
    hub.awsCalls.splice(0);

    await client.call('mine_echo', { message: 'counted' });

    const made = hub.awsCalls.filter(({ functionName }) => functionName.includes('Mcp'));
    assert.deepEqual(made.map(({ operation }) => operation).sort(), [
      'BatchGetItem',
      'SendMessage',
      'TransactWriteItems',
      'UpdateItem',
      'UpdateItem',
    ]);
  });
});
