import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test';
import { isJsonObject, type Json, type JsonObject } from '../../lambdas/hub/json.ts';
import type { Interaction } from '../../lambdas/hub/upstreams/upstream.ts';
import { replyWith, speakRaw } from '../support/upstreams/raw-mcp.ts';
import { type RecordingServer, startRecordingServer } from '../support/upstreams/recording-server.ts';
import {
  callOf,
  contextOf,
  failure,
  mcpUpstreamFor,
  secretOf,
  targetOf,
} from '../support/upstreams/upstream-under-test.ts';

const EXTENSION = 'io.modelcontextprotocol/tasks';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const CREATED = '2027-01-15T08:00:00Z';
const TASK = {
  taskId: 'their-é',
  status: 'working',
  statusMessage: 'reads',
  createdAt: CREATED,
  lastUpdatedAt: '2027-01-15T08:00:01.500Z',
  ttlMs: 60_000,
  pollIntervalMs: 100,
};
const READ = {
  taskId: 'their-é',
  statusMessage: 'reads',
  createdAt: 1_800_000_000_000,
  updatedAt: 1_800_000_001_500,
  ttlMs: 60_000,
  pollIntervalMs: 100,
};

describe('a server with tasks', () => {
  let replies: Record<string, Json> = {};
  let server: RecordingServer;
  before(async () => {
    server = await startRecordingServer((request, response, body) => {
      const raw = Object.entries(replies).map(([method, result]) => [method, replyWith(result)] as const);
      return speakRaw(request, response, body, Object.fromEntries(raw));
    });
  });
  after(() => server.close());
  beforeEach(() => server.clear());

  const speak = (t: TestContext, interaction?: Partial<Interaction>) => {
    const discover = { supportedVersions: ['2026-07-28'], capabilities: {} };
    const secret = secretOf(server.origin, { headers: { 'x-key': 'hunter2-secret' } });
    const negotiated = { era: 'modern', transport: 'streamable-http', discover } as const;
    const target = targetOf(server.origin, { negotiated, secret });
    const context = contextOf({ interaction: { takesTasks: true, ...interaction } });
    const upstream = mcpUpstreamFor(t);
    return {
      call: () => upstream.callTool(target, callOf('act'), context),
      get: (taskId = TASK.taskId) => upstream.getTask(target, taskId, context),
      update: () => upstream.updateTask(target, TASK.taskId, context),
      cancel: () => upstream.cancelTask(target, TASK.taskId, context),
    };
  };
  const paramsSent = (): JsonObject => {
    const [request] = server.requests;
    assert.ok(isJsonObject(request?.body) && isJsonObject(request.body['params']));
    return request.body['params'];
  };
  const capabilitiesSent = () => (paramsSent()['_meta'] as JsonObject)[CAPABILITIES];

  it('is told of the extension when the caller takes tasks, beside what else the caller declared', async (t) => {
    replies = { 'tools/call': { resultType: 'complete', content: [] } };

    await speak(t, { capabilities: { elicitation: {}, extensions: { 'example.com/other': {} } } }).call();

    assert.deepEqual(capabilitiesSent(), { elicitation: {}, extensions: { [EXTENSION]: {} } });
  });

  it('is told nothing of it when the caller takes none', async (t) => {
    replies = { 'tools/call': { resultType: 'complete', content: [] } };

    await speak(t, { takesTasks: false }).call();

    assert.deepEqual(capabilitiesSent(), {});
  });

  it('may start one in the place of a result', async (t) => {
    replies = { 'tools/call': { resultType: 'task', ...TASK } };

    assert.deepEqual(await speak(t).call(), { kind: 'task', task: { ...READ, status: 'working' } });
  });

  it('may say little of it, and more than anybody reads', async (t) => {
    const { taskId, status, createdAt, lastUpdatedAt } = TASK;
    const least = { taskId, status, createdAt, lastUpdatedAt, ttlMs: null };
    replies = { 'tasks/get': { ...least, statusMessage: 'x'.repeat(499) + '💥'.repeat(500) } };

    const task = await speak(t).get();

    assert.equal(task.ttlMs, null);
    assert.equal(task.pollIntervalMs, undefined);
    assert.equal(task.statusMessage?.length, 500);
    assert.ok(task.statusMessage?.isWellFormed());
  });

  it('may not start one that nobody takes', async (t) => {
    replies = { 'tools/call': { resultType: 'task', ...TASK } };

    const { details } = await failure(speak(t, { takesTasks: false }).call(), 'upstream_not_mcp');

    assert.equal(details['outcome'], 'unknown');
  });

  const malformed: readonly (readonly [string, JsonObject])[] = [
    ['no id', { taskId: null }],
    ['an empty id', { taskId: '' }],
    ['an endless id', { taskId: 'x'.repeat(1025) }],
    ['an id that is no text', { taskId: 'a\ud800' }],
    ['a status that nobody knows', { status: 'dreaming' }],
    ['a time that is none', { createdAt: 'yesterday' }],
    ['a negative lifetime', { ttlMs: -1 }],
    ['a lifetime in parts of a millisecond', { ttlMs: 1.5 }],
    ['a poll interval that is none', { pollIntervalMs: 'often' }],
  ];
  for (const [name, broken] of malformed) {
    it(`with ${name} is not understood, and its tool may have run`, async (t) => {
      replies = { 'tools/call': { resultType: 'task', ...TASK, ...broken } };

      const { details } = await failure(speak(t).call(), 'upstream_not_mcp');

      assert.equal(details['outcome'], 'unknown');
    });
  }

  const form = { method: 'elicitation/create', params: { message: 'Sure?', requestedSchema: { type: 'object' } } };
  const states: readonly (readonly [string, JsonObject, JsonObject])[] = [
    ['works', { status: 'working' }, {}],
    ['waits for its caller', { status: 'input_required', inputRequests: { a: form } }, { inputRequests: { a: form } }],
    ['has a result', { status: 'completed', result: { content: [], odd: 1 } }, { result: { content: [], odd: 1 } }],
    ['was cancelled', { status: 'cancelled' }, {}],
  ];
  for (const [name, state, more] of states) {
    it(`tells of one that it ${name}`, async (t) => {
      replies = { 'tasks/get': { resultType: 'complete', ...TASK, ...state } };

      const task = await speak(t, { capabilities: { elicitation: {} } }).get();

      assert.deepEqual(task, { ...READ, status: state['status'], ...more });
      assert.equal(paramsSent()['taskId'], TASK.taskId);
      assert.equal(server.requests[0]?.headers['mcp-name'], '=?base64?dGhlaXItw6k=?=');
    });
  }

  it('tells how one failed, without the secrets of the hub', async (t) => {
    const error = { code: -32_602, message: 'bad key hunter2-secret', data: { any: 1 } };
    replies = { 'tasks/get': { ...TASK, status: 'failed', error } };

    const task = await speak(t).get();

    assert.ok(task.status === 'failed');
    assert.equal(task.failure.code, 'upstream_error');
    const details = { jsonRpcCode: -32_602, jsonRpcMessage: 'bad key [redacted]' };
    assert.deepEqual(task.failure.details, details);
  });

  it('may not ask for what the caller did not declare', async (t) => {
    replies = { 'tasks/get': { ...TASK, status: 'input_required', inputRequests: { a: form } } };

    const { details } = await failure(speak(t).get(), 'capability_required');

    assert.deepEqual(details['requiredCapabilities'], { elicitation: { form: {} } });
  });

  for (const [name, state] of [
    ['is another one', { taskId: 'other' }],
    ['is completed without a result', { status: 'completed' }],
    ['failed without an error', { status: 'failed', error: { code: 'x' } }],
    ['waits for nothing', { status: 'input_required', inputRequests: {} }],
  ] as const) {
    it(`that ${name} is not understood`, async (t) => {
      replies = { 'tasks/get': { ...TASK, ...state } };

      await failure(speak(t).get(), 'upstream_not_mcp');
    });
  }

  it('gets the answers of the caller, and is asked to end', async (t) => {
    replies = { 'tasks/update': { resultType: 'complete' }, 'tasks/cancel': { resultType: 'complete' } };
    const inputResponses = { a: { action: 'accept', content: { ok: true } } };

    await speak(t, { inputResponses }).update();
    assert.deepEqual(paramsSent()['inputResponses'], inputResponses);
    server.clear();
    await speak(t).cancel();

    assert.deepEqual(server.methods(), ['tasks/cancel']);
    assert.equal(paramsSent()['taskId'], TASK.taskId);
  });
});
