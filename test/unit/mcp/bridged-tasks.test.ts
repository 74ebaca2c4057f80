import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { StartedTask, TaskState, UpstreamTask } from '../../../lambdas/hub/upstreams/task.ts';
import type { Interaction } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub, RETENTION_MS } from '../../support/mcp/in-memory-hub.ts';
import { type CallerOptions, createCaller } from '../../support/mcp/mcp-caller.ts';

const capabilities = { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } };
const NOW = 1_800_000_000_000;
const tools = [{ name: 'act', inputSchema: { type: 'object' } }];
const STARTED: StartedTask = {
  taskId: 'theirs',
  status: 'working',
  statusMessage: 'begins',
  createdAt: NOW - 5_000,
  updatedAt: NOW - 4_000,
  ttlMs: 60_000,
  pollIntervalMs: 5_000,
};

/** A server that makes a task of every call, which then is as the test says. */
function setUp(started: Partial<StartedTask> = {}) {
  const clock = { now: NOW };
  const asked: { method: string; tenantId: string; serverId: string; taskId: string; interaction?: Interaction }[] = [];
  let state: TaskState<HubError> = { status: 'working' };
  let info: Partial<UpstreamTask> = {};
  const seen =
    <T>(method: string, answer: () => T) =>
    async (
      target: { tenantId: string; serverId: string },
      taskId: string,
      { interaction }: { interaction?: Interaction },
    ) => {
      const { tenantId, serverId } = target;
      asked.push({ method, tenantId, serverId, taskId, ...(interaction && { interaction }) });
      return answer();
    };
  const servers = [
    { slug: 'lab', name: 'The Lab', tools },
    { slug: 'other', tools },
  ];
  const permissions = { default: 'enabled', tools: {} as Record<string, 'disabled'> } as const;
  const { endpoint } = createInMemoryHub({
    tenants: { acme: { servers, permissions }, globex: { servers } },
    upstream: {
      callTool: async () => ({ kind: 'task', task: { ...STARTED, ...started } }),
      getTask: seen('get', () => ({ ...STARTED, ...started, ...info, ...state })),
      updateTask: seen('update', () => undefined),
      cancelTask: seen('cancel', () => undefined),
    },
    now: () => clock.now,
  });
  const as = (caller: CallerOptions = {}) => createCaller(endpoint, caller);
  const start = async () => (await as().modern('tools/call', { name: 'lab_act' }, { capabilities })).result ?? {};
  const ask = (method: string, taskId: unknown, caller: CallerOptions = {}, more: JsonObject = {}) => {
    const params = { taskId: String(taskId), ...more };
    return as(caller).modern(method, params, { capabilities, headers: { 'mcp-name': String(taskId) } });
  };
  return {
    clock,
    asked,
    permissions,
    start,
    ask,
    becomes: (next: TaskState<HubError>, more: Partial<UpstreamTask> = {}) => {
      state = next;
      info = more;
    },
  };
}

describe('a task of a server', () => {
  it('has an id of the hub’s, and else what the server says of it', async () => {
    const { _meta, taskId, ...task } = await setUp().start();

    assert.ok(_meta !== undefined);
    assert.match(String(taskId), /^s[0-9a-f]{32}$/);
    assert.deepEqual(task, {
      resultType: 'task',
      status: 'working',
      statusMessage: 'begins',
      createdAt: '2027-01-15T07:59:55.000Z',
      lastUpdatedAt: '2027-01-15T07:59:56.000Z',
      ttlMs: 60_000,
      pollIntervalMs: 5_000,
    });
  });

  it('is kept no longer than jobs are, and asked for no more often than every second', async () => {
    for (const ttlMs of [null, Number.MAX_SAFE_INTEGER]) {
      const task = await setUp({ ttlMs, pollIntervalMs: 1 }).start();
      assert.equal(task['ttlMs'], RETENTION_MS);
      assert.equal(task['pollIntervalMs'], 1_000);
    }
    assert.equal((await setUp({ pollIntervalMs: undefined }).start())['pollIntervalMs'], 2_000);
  });

  it('is asked of its server by the server’s own id, for the caller alone', async () => {
    const { start, ask, asked } = setUp();
    const { taskId } = await start();

    const { result } = await ask('tasks/get', taskId, {}, { inputResponses: { a: {} } });

    const { interaction, ...request } = asked[0] ?? {};
    assert.deepEqual(request, { method: 'get', tenantId: 'acme', serverId: 'acme-lab', taskId: 'theirs' });
    assert.equal(interaction?.takesTasks, true);
    assert.deepEqual(interaction?.capabilities, { elicitation: {} });
    assert.equal(interaction?.inputResponses, undefined);
    assert.equal(result?.['taskId'], taskId);
    assert.equal(result?.['resultType'], 'complete');
    assert.ok(!JSON.stringify(result).includes('theirs'));
  });

  it('has its result under the names of the endpoint that is asked', async () => {
    const { start, ask, becomes } = setUp();
    const { taskId } = await start();
    const content = [{ type: 'resource_link', uri: 'file:///a', name: 'a' }];
    const hop = { resultType: 'complete', _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'x' }, own: 1 } };
    becomes({ status: 'completed', result: { ...hop, content } });

    const [all, one] = [await ask('tasks/get', taskId), await ask('tasks/get', taskId, { slug: 'lab' })];

    const exposed = [{ type: 'resource_link', uri: 'lab+file:///a', name: 'a' }];
    assert.equal(all.result?.['status'], 'completed');
    assert.deepEqual(all.result?.['result'], { resultType: 'complete', content: exposed, _meta: { own: 1 } });
    assert.deepEqual((one.result?.['result'] as JsonObject)['content'], content);
  });

  it('asks in the name of its server, and gets the answers', async () => {
    const { start, ask, becomes, asked } = setUp();
    const { taskId } = await start();
    const params = { message: 'Sure?', requestedSchema: { type: 'object' } };
    becomes({ status: 'input_required', inputRequests: { a: { method: 'elicitation/create', params } } });

    const { result } = await ask('tasks/get', taskId);
    assert.deepEqual(result?.['inputRequests'], {
      a: { method: 'elicitation/create', params: { ...params, message: 'The Lab: Sure?' } },
    });

    const inputResponses = { a: { action: 'accept', content: { ok: true } } };
    const update = await ask('tasks/update', taskId, {}, { inputResponses });
    assert.deepEqual(Object.keys(update.result ?? {}).sort(), ['_meta', 'resultType']);
    assert.deepEqual(asked.at(-1)?.interaction?.inputResponses, inputResponses);
  });

  it('fails with the error of its server', async () => {
    const { start, ask, becomes } = setUp();
    const { taskId } = await start();
    const details = { jsonRpcCode: -32_602, jsonRpcMessage: 'no such city' };
    becomes({ status: 'failed', failure: new HubError('upstream_error', 'no', { details }) });

    const { result } = await ask('tasks/get', taskId);

    assert.equal(result?.['status'], 'failed');
    assert.deepEqual(result?.['error'], { code: -32_602, message: 'no such city', data: { code: 'upstream_error' } });
  });

  it('is cancelled at its server', async () => {
    const { start, ask, asked } = setUp();
    const { taskId } = await start();

    const { result } = await ask('tasks/cancel', taskId);

    assert.deepEqual(Object.keys(result ?? {}).sort(), ['_meta', 'resultType']);
    assert.deepEqual([asked[0]?.method, asked[0]?.taskId], ['cancel', 'theirs']);
  });

  it('can be read and cancelled, but not told to go on, when its tool may not be called any more', async () => {
    const { start, ask, permissions, asked } = setUp();
    const { taskId } = await start();
    permissions.tools['lab_act'] = 'disabled';

    const update = await ask('tasks/update', taskId, {}, { inputResponses: {} });

    assert.equal(update.error?.data?.['code'], 'tool_disabled');
    assert.equal((await ask('tasks/get', taskId)).error, undefined);
    assert.equal((await ask('tasks/cancel', taskId)).error, undefined);
    assert.deepEqual(
      asked.map(({ method }) => method),
      ['get', 'cancel'],
    );
  });

  for (const [whose, caller] of [
    ['another tenant', { tenant: 'globex' }],
    ['another subject of the tenant', { subject: 'bob' }],
    ['where another server is shown', { slug: 'other' }],
  ] as const) {
    it(`is unknown to ${whose}, and no server is asked`, async () => {
      const { start, ask, asked } = setUp();
      const { taskId } = await start();

      for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
        const { error } = await ask(method, taskId, caller);
        assert.equal(error?.code, -32_602);
        assert.equal(error?.data?.['code'], 'task_not_found');
      }
      assert.deepEqual(asked, []);
    });
  }

  it('is unknown after its time', async () => {
    const { start, ask, clock } = setUp();
    const { taskId } = await start();

    clock.now += 60_000;
    assert.equal((await ask('tasks/get', taskId)).error, undefined);
    clock.now += 1;
    assert.equal((await ask('tasks/get', taskId)).error?.data?.['code'], 'task_not_found');
  });

  it('is unknown by an id that was never given', async () => {
    const { ask, asked } = setUp();

    assert.equal((await ask('tasks/get', `s${'0'.repeat(32)}`)).error?.code, -32_602);
    assert.deepEqual(asked, []);
  });
});
