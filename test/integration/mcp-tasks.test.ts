import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ProtocolError } from '@modelcontextprotocol/client';
import { connectClient } from '../support/mcp-client.ts';
import { connectTaskClient, type TaskClient } from '../support/task-client.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { type ConformanceFixture, startConformanceFixture } from '../support/upstreams/conformance-fixture.ts';
import { startModern } from '../support/upstreams/modern.ts';

describe('a task of a tool that takes long', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;
  let client: TaskClient;

  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
    upstream.offer.tools = upstream.offer.tools.map((tool) => ({ ...tool, description: 'Takes long' }));
    // What a tool really takes is learned with its first call, so that none is used for two tasks.
    await hub.register({ slug: 'mine', url: upstream.url });
    await hub.register({ slug: 'own', url: upstream.url });
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
    const own = await connectTaskClient(hub, { path: '/servers/own/mcp' });
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

  it('costs a read and three counters, a transaction and a message to accept', async () => {
    await client.until((await client.call('mine_tell', { level: 'info' }))['taskId']);
    hub.awsCalls.splice(0);

    await client.call('mine_steps');

    const made = hub.awsCalls.filter(({ functionName }) => functionName.includes('Mcp'));
    assert.deepEqual(made.map(({ operation }) => operation).sort(), [
      'BatchGetItem',
      'SendMessage',
      'TransactWriteItems',
      'UpdateItem',
      'UpdateItem',
      'UpdateItem',
    ]);
  });
});

describe('a task of a server behind the hub', () => {
  let hub: TestHub;
  let fixture: ConformanceFixture;
  let client: TaskClient;
  const options = { capabilities: { elicitation: {} } };
  async function jobEnd(jobId: string) {
    for (let tries = 0; tries < 600; tries++) {
      const { body } = await hub.call('GET', `/v1/jobs/${jobId}`);
      if (!['queued', 'running'].includes(body.status)) return body;
      await delay(50);
    }
    throw new Error(`job ${jobId} stands still`);
  }

  before(async () => {
    [hub, fixture] = await Promise.all([startTestHub(), startConformanceFixture()]);
    await hub.register({ slug: 'lab', name: 'The Lab', url: fixture.url });
    client = await connectTaskClient(hub, { options });
  });
  after(async () => {
    await client?.client.close();
    await Promise.all([hub?.close(), fixture?.close()]);
  });

  it('ends with the result of the server', async () => {
    const task = await client.call('lab_slow_compute', { seconds: 0.2 });
    assert.equal(task['resultType'], 'task');
    assert.equal(task['status'], 'working');

    const { status, result } = await client.until(task['taskId']);

    assert.equal(status, 'completed');
    assert.deepEqual((result as { content: unknown }).content, [{ type: 'text', text: 'computed for 0.2 s' }]);
    assert.equal((await hub.call('GET', '/v1/jobs')).body.jobs.length, 0);
  });

  it('asks in the name of its server, and goes on with the answer', async () => {
    const { taskId } = await client.call('lab_confirm_delete');

    const { inputRequests } = await client.until(taskId, 'input_required');
    const { confirm } = inputRequests as { confirm: { params: { message: string } } };
    assert.equal(confirm.params.message, 'The Lab: Delete it?');
    const answer = { action: 'accept', content: { confirm: true } };
    await client.update(taskId, { confirm: answer });

    const { result } = await client.until(taskId);
    const { content } = result as { content: { text: string }[] };
    assert.deepEqual(JSON.parse(content[0]?.text ?? ''), { confirm: answer });
  });

  it('is cancelled at the server', async () => {
    const { taskId } = await client.call('lab_slow_compute', { seconds: 60 });

    await client.cancel(taskId);

    assert.equal((await client.until(taskId))['status'], 'cancelled');
    assert.equal(fixture.count('tasks/cancel'), 1);
  });

  it('is no more once there is another server of its name', async () => {
    const other = await startConformanceFixture();
    await hub.register({ slug: 'brief', url: other.url });
    const { taskId } = await client.call('brief_slow_compute', { seconds: 60 });
    assert.equal((await client.get(taskId))['status'], 'working');

    assert.equal((await hub.call('DELETE', '/v1/servers/brief')).status, 204);
    await hub.register({ slug: 'brief', url: other.url });

    await assert.rejects(client.get(taskId), { code: -32_602 });
    await other.close();
  });

  it('is followed by the worker of a job, which shows what the server says, and ends with the job', async () => {
    const submit = (tool: string, args: object) =>
      hub.call('POST', `/v1/tools/lab_${tool}/invoke`, { body: { mode: 'async', arguments: args } });
    const [done, reported] = await Promise.all([submit('slow_compute', { seconds: 1 }), submit('failing_job', {})]);

    const ended = await jobEnd(done.body.jobId);
    assert.equal(ended.status, 'succeeded', JSON.stringify(ended));
    assert.deepEqual(ended.result.content, [{ type: 'text', text: 'computed for 1 s' }]);
    assert.equal((await jobEnd(reported.body.jobId)).result.isError, true);
  });

  it('is cancelled at the server when the job is', async () => {
    const before = fixture.count('tasks/cancel');
    const { body } = await hub.call('POST', '/v1/tools/lab_slow_compute/invoke', {
      body: { mode: 'async', arguments: { seconds: 300 } },
    });
    const polls = () => fixture.tasks.asked['tasks/get'] ?? 0;
    const earlier = polls();
    for (let tries = 0; tries < 300 && polls() === earlier; tries++) await delay(50);

    await hub.call('DELETE', `/v1/jobs/${body.jobId}`);

    assert.equal((await jobEnd(body.jobId)).status, 'cancelled');
    assert.equal(fixture.count('tasks/cancel'), before + 1);
  });

  it('that the server insists on is refused where it cannot be given, with what it takes', async () => {
    const plain = await connectClient(hub);
    const requiredCapabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

    await assert.rejects(plain.callTool({ name: 'lab_failing_job', arguments: {} }), (error: unknown) => {
      assert.ok(error instanceof ProtocolError);
      assert.equal(error.code, -32_021);
      assert.deepEqual((error.data as { requiredCapabilities: unknown }).requiredCapabilities, requiredCapabilities);
      return true;
    });
    const rest = await hub.call('POST', '/v1/tools/lab_failing_job/invoke', { body: {} });
    assert.equal(rest.status, 422);
    assert.equal(rest.body.code, 'capability_required');
    assert.deepEqual(rest.body.requiredCapabilities, requiredCapabilities);
    await plain.close();
  });

  it('costs one write to be taken over, and one read more than a call to be asked for', async () => {
    const made = () => hub.awsCalls.map(({ operation }) => operation).sort();
    hub.awsCalls.splice(0);
    const { taskId } = await client.call('lab_slow_compute', { seconds: 60 });
    assert.deepEqual(made(), ['BatchGetItem', 'PutItem', 'UpdateItem', 'UpdateItem']);

    hub.awsCalls.splice(0);
    fixture.clear();
    await client.get(taskId);

    assert.deepEqual(made(), ['BatchGetItem', 'GetItem', 'UpdateItem', 'UpdateItem']);
    assert.deepEqual(fixture.methods(), ['tasks/get']);
  });

  it('costs nothing where a tool answers at once', async () => {
    hub.awsCalls.splice(0);

    await client.call('lab_greet', { name: 'Bo' });

    assert.deepEqual(hub.awsCalls.map(({ operation }) => operation).sort(), [
      'BatchGetItem',
      'UpdateItem',
      'UpdateItem',
    ]);
  });
});
