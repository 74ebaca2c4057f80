import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Job } from '../../../lambdas/hub/jobs/job.ts';
import { beaten, claimed, type Ending, ended, released } from '../../../lambdas/hub/jobs/job-edges.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { UpstreamAnswer } from '../../../lambdas/hub/upstreams/upstream.ts';
import { createInMemoryHub, RETENTION_MS } from '../../support/mcp/in-memory-hub.ts';
import { type CallerOptions, createCaller } from '../../support/mcp/mcp-caller.ts';

const EXTENSION = 'io.modelcontextprotocol/tasks';
const capabilities = { extensions: { [EXTENSION]: {} } };
const NOW = 1_800_000_000_000;
const inputSchema = { type: 'object' };
const tools = [
  { name: 'train', inputSchema },
  { name: 'echo', inputSchema },
];

/** A tenant with a tool that takes long and one that does not; the server answers both at once. */
function setUp() {
  const calls: string[] = [];
  const { endpoint, jobs } = createInMemoryHub({
    tenants: {
      acme: {
        servers: [
          { slug: 'lab', tools },
          { slug: 'other', tools },
        ],
      },
    },
    upstream: {
      callTool: async (_target, { name }): Promise<UpstreamAnswer> => {
        calls.push(name);
        return { kind: 'complete', result: { content: [] } };
      },
    },
    now: () => NOW,
  });
  const as = (caller: CallerOptions = {}) => createCaller(endpoint, caller);
  const start = async () => {
    const { result } = await as().modern('tools/call', { name: 'lab_train', arguments: { on: 'x' } }, { capabilities });
    return String(result?.['taskId']);
  };
  const get = (taskId: string, caller: CallerOptions = {}) =>
    as(caller).modern('tasks/get', { taskId }, { capabilities, headers: { 'mcp-name': taskId } });
  const only = (): Job => {
    const [job] = jobs.jobs.values();
    assert.ok(job !== undefined);
    return job;
  };
  /** Lets a worker come so far with the one job. */
  const runTo = async (ending?: Ending, result?: JsonObject) => {
    const queued = only();
    assert.ok(queued.status === 'queued');
    const running = claimed(queued, 'w', NOW);
    await jobs.replace(queued, running);
    if (ending === undefined) return running;
    const last = ended(running, ending, NOW);
    await (result === undefined ? jobs.replace(running, last) : jobs.complete(running, last, result));
    return running;
  };
  return { calls, jobs, as, start, get, only, runTo };
}

describe('the extension for tasks', () => {
  it('is declared to clients of the revision that has it', async () => {
    const { as } = setUp();

    for (const caller of [{}, { slug: 'lab' }]) {
      const { result } = await as(caller).modern('server/discover');
      assert.deepEqual((result?.['capabilities'] as JsonObject)['extensions'], { [EXTENSION]: {} });
    }
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
    const { result } = await as().legacy('initialize', params);
    assert.equal('extensions' in (result?.['capabilities'] as JsonObject), false);
  });

  it('is needed for its methods, with every request', async () => {
    const { as, start } = setUp();
    const taskId = await start();

    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const { status, error } = await as().modern(method, { taskId }, { headers: { 'mcp-name': taskId } });
      assert.equal(status, 400);
      assert.equal(error?.code, -32_021);
      assert.deepEqual(error?.data?.['requiredCapabilities'], capabilities);
      assert.equal((await as().legacy(method, { taskId })).error?.code, -32_601);
    }
  });

  it('needs the scope of calls', async () => {
    const { as } = setUp();

    const asked = as({ scopes: ['tools:read'] }).modern('tasks/get', { taskId: 'x' }, { capabilities });

    await assert.rejects(asked, /tools:call/);
  });

  it('has neither a list of tasks nor a method for their results', async () => {
    const { as } = setUp();

    for (const method of ['tasks/list', 'tasks/result']) {
      assert.equal((await as().modern(method, { taskId: 'x' }, { capabilities })).error?.code, -32_601);
    }
  });
});

describe('a call of a tool that takes long', () => {
  it('becomes a task for a client that declares the extension', async () => {
    const { as, calls, only } = setUp();

    const { result } = await as().modern('tools/call', { name: 'lab_train', arguments: { on: 'x' } }, { capabilities });

    const { _meta, ...task } = result ?? {};
    assert.ok(_meta !== undefined);
    assert.deepEqual(task, {
      resultType: 'task',
      taskId: only().jobId,
      status: 'working',
      statusMessage: 'waits for its turn',
      createdAt: '2027-01-15T08:00:00.000Z',
      lastUpdatedAt: '2027-01-15T08:00:00.000Z',
      ttlMs: RETENTION_MS - 1000,
      pollIntervalMs: 2000,
    });
    assert.deepEqual(calls, []);
    assert.equal(only().tool, 'lab_train');
    assert.equal(only().subject, 'ada');
  });

  it('is answered with its result to a client that does not', async () => {
    const { as, calls, jobs } = setUp();

    await as().modern('tools/call', { name: 'lab_train' });
    await as().legacy('tools/call', { name: 'lab_train' });

    assert.deepEqual(calls, ['train', 'train']);
    assert.equal(jobs.jobs.size, 0);
  });

  it('becomes a task in search mode, and where one server is shown', async () => {
    const { as } = setUp();
    const searched = { name: 'hub_call', arguments: { name: 'lab_train' } };

    const answers = [
      await as({ query: 'tools=search' }).modern('tools/call', searched, { capabilities }),
      await as({ slug: 'lab' }).modern('tools/call', { name: 'train' }, { capabilities }),
    ];

    for (const { result } of answers) assert.equal(result?.['resultType'], 'task');
  });

  it('is not begun anew as a task when it goes on with what the caller was asked for', async () => {
    const { as, calls } = setUp();

    await as().modern('tools/call', { name: 'lab_train', inputResponses: {} }, { capabilities });

    assert.deepEqual(calls, ['train']);
  });
});

it('a call of a tool that does not take long is answered with its result', async () => {
  const { as, calls } = setUp();

  const { result } = await as().modern('tools/call', { name: 'lab_echo' }, { capabilities });

  assert.equal(result?.['resultType'], 'complete');
  assert.deepEqual(calls, ['echo']);
});

describe('a task over a job', () => {
  it('works, and says how far it is', async () => {
    const { start, get, jobs, runTo } = setUp();
    const taskId = await start();
    const running = await runTo();
    for (const [progress, said] of [
      [{ progress: 1 }, '1'],
      [{ progress: 1, total: 3 }, '1 of 3'],
      [{ progress: 2, message: 'reading' }, 'reading'],
    ] as const) {
      const [current = running] = jobs.jobs.values();
      assert.ok(current.status === 'running');
      await jobs.replace(current, beaten(current, progress, NOW));

      const { result } = await get(taskId);
      assert.equal(result?.['status'], 'working');
      assert.equal(result?.['statusMessage'], said);
      assert.equal(result?.['resultType'], 'complete');
    }
  });

  it('says why it waits', async () => {
    const { start, get, jobs, runTo } = setUp();
    const taskId = await start();
    const running = await runTo();
    const error = { code: 'rate_limited', message: 'wait a bit' } as const;
    await jobs.replace(running, released(running, { error, notBefore: NOW, waited: true }, NOW));

    assert.equal((await get(taskId)).result?.['statusMessage'], 'waits: wait a bit');
  });

  for (const isError of [false, true]) {
    it(`is completed with the whole result, ${isError ? 'also when the tool reports an error' : 'under the names of the endpoint'}`, async () => {
      const { start, get, runTo } = setUp();
      const taskId = await start();
      const content = [{ type: 'resource_link', uri: 'file:///a', name: 'a' }];
      await runTo({ status: 'succeeded', resultIn: 'store' }, { content, ...(isError && { isError }) });

      const shown = await get(taskId);
      const own = await get(taskId, { slug: 'lab' });

      assert.equal(shown.result?.['status'], 'completed');
      assert.deepEqual(shown.result?.['result'], {
        resultType: 'complete',
        content: [{ type: 'resource_link', uri: 'lab+file:///a', name: 'a' }],
        ...(isError && { isError }),
      });
      assert.deepEqual((own.result?.['result'] as JsonObject)['content'], content);
    });
  }

  for (const [name, ending, error] of [
    [
      'the server refused',
      {
        status: 'failed',
        error: { code: 'upstream_error', message: 'm', details: { jsonRpcCode: -32_602, jsonRpcMessage: 'no city' } },
      },
      { code: -32_602, message: 'no city', data: { code: 'upstream_error' } },
    ],
    [
      'it came too late',
      { status: 'expired', error: { code: 'expired', message: 'too old' } },
      { code: -32_603, message: 'too old', data: { code: 'expired' } },
    ],
    [
      'nobody knows whether it took effect',
      {
        status: 'unknown',
        error: { code: 'worker_lost', message: 'who knows', details: { jsonRpcCode: 1, jsonRpcMessage: 'x' } },
      },
      { code: -32_603, message: 'who knows', data: { code: 'worker_lost', outcome: 'unknown' } },
    ],
  ] as const satisfies readonly (readonly [string, Ending, JsonObject])[]) {
    it(`failed, with an error of JSON-RPC, when ${name}`, async () => {
      const { start, get, runTo } = setUp();
      const taskId = await start();
      await runTo(ending);

      const { result } = await get(taskId);

      assert.equal(result?.['status'], 'failed');
      assert.deepEqual(result?.['error'], error);
      assert.equal('result' in (result ?? {}), false);
    });
  }

  it('is cancelled, and stays so however often it is cancelled', async () => {
    const { as, start, get, only } = setUp();
    const taskId = await start();
    const headers = { 'mcp-name': taskId };

    for (const _ of [1, 2]) {
      const { result } = await as().modern('tasks/cancel', { taskId }, { capabilities, headers });
      assert.deepEqual(Object.keys(result ?? {}).sort(), ['_meta', 'resultType']);
    }

    assert.equal((await get(taskId)).result?.['status'], 'cancelled');
    assert.equal(only().status, 'cancelled');
  });

  it('keeps its result when it is cancelled too late', async () => {
    const { as, start, get, runTo } = setUp();
    const taskId = await start();
    await runTo({ status: 'succeeded', resultIn: 'store' }, { content: [] });

    const { error } = await as().modern('tasks/cancel', { taskId }, { capabilities, headers: { 'mcp-name': taskId } });

    assert.equal(error, undefined);
    assert.equal((await get(taskId)).result?.['status'], 'completed');
  });

  it('takes answers that it did not ask for, and does nothing with them', async () => {
    const { as, start, only } = setUp();
    const taskId = await start();

    const params = { taskId, inputResponses: { a: { action: 'cancel' } } };
    const { result } = await as().modern('tasks/update', params, { capabilities, headers: { 'mcp-name': taskId } });

    assert.deepEqual(Object.keys(result ?? {}).sort(), ['_meta', 'resultType']);
    assert.equal(only().version, 1);
  });

  for (const [whose, caller] of [
    ['another tenant', { tenant: 'globex' }],
    ['another subject of the tenant', { subject: 'bob' }],
    ['where another server is shown', { slug: 'other' }],
  ] as const) {
    it(`is unknown to ${whose}`, async () => {
      const { as, start, only } = setUp();
      const taskId = await start();

      for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
        const { error } = await as(caller).modern(
          method,
          { taskId },
          { capabilities, headers: { 'mcp-name': taskId } },
        );
        assert.equal(error?.code, -32_602);
        assert.equal(error?.data?.['code'], 'task_not_found');
      }
      assert.equal(only().status, 'queued');
    });
  }

  it('is none by an id that never was, whatever it looks like', async () => {
    const { get } = setUp();

    for (const taskId of ['nonsense', '0'.repeat(44), '']) {
      assert.equal((await get(taskId)).error?.code, -32_602);
    }
  });
});
