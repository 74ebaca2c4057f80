import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFindTool } from '../../../lambdas/hub/calls/find-tool.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import { createInvokeOrSubmit } from '../../../lambdas/hub/jobs/invoke-or-submit.ts';
import { createJobId } from '../../../lambdas/hub/jobs/job-id.ts';
import { createSubmitJob } from '../../../lambdas/hub/jobs/submit-job.ts';
import { inMemoryJobStore } from '../../support/jobs/in-memory-job-store.ts';
import { PRINCIPAL } from '../../support/jobs/job-bench.ts';
import { inMemoryStores } from '../../support/mcp/in-memory-stores.ts';

const NOW = 1_800_000_000_000;
const CALLER = { ...PRINCIPAL, clientId: undefined, scopes: new Set<never>(), expiresAt: NOW + 60_000 };
const CONTEXT = { deadline: { at: NOW + 29_000, signal: new AbortController().signal }, via: [] };
const TOOLS = [
  { name: 'quick', inputSchema: { type: 'object' } },
  { name: 'report', description: 'Generates a report, which may take long', inputSchema: { type: 'object' } },
];

/** The use case, with what was taken from the limits and given back. */
function bench({ isOverLimit = false } = {}) {
  const { calls } = inMemoryStores({ [PRINCIPAL.tenantId]: { servers: [{ slug: 'srv', tools: TOOLS }] } });
  const counts = { taken: 0, givenBack: 0, called: 0 };
  const store = inMemoryJobStore({ now: () => NOW, retentionMs: 60_000 });
  const queue = { send: async () => undefined };
  const limited: typeof calls = {
    ...calls,
    async read(...subject) {
      if (isOverLimit) throw new HubError('rate_limited', 'full', { retryAfterSeconds: 7 });
      counts.taken += 1;
      return { ...(await calls.read(...subject)), giveBack: async () => void (counts.givenBack += 1) };
    },
  };
  const invoke = createInvokeOrSubmit({
    findTool: createFindTool({ calls: limited }),
    describeTool: createFindTool({ calls }),
    async callTool() {
      counts.called += 1;
      return { kind: 'complete', result: { content: [] } };
    },
    limitJobs: async () => undefined,
    submitJob: createSubmitJob({
      store,
      queue,
      now: () => NOW,
      newJobId: () => createJobId(NOW, Buffer.alloc),
      pause: async () => undefined,
      random: () => 0,
    }),
    callAsJob: () => assert.fail('no tool here needs a worker'),
  });
  const ask = (tool: string, mode: 'auto' | 'sync') =>
    invoke(CALLER, { tool, mode, arguments: {}, idempotencyKey: undefined }, CONTEXT);
  return { ask, counts };
}

describe('a call of which the hub decides whether it becomes a job', () => {
  it('keeps what it took from the limits when it is made', async () => {
    const { ask, counts } = bench();

    assert.equal((await ask('srv_quick', 'auto')).kind, 'result');
    assert.equal((await ask('srv_report', 'sync')).kind, 'result');

    assert.deepEqual(counts, { taken: 2, givenBack: 0, called: 2 });
  });

  it('gives it back when it becomes a job, for the worker takes it', async () => {
    const { ask, counts } = bench();

    assert.equal((await ask('srv_report', 'auto')).kind, 'job');

    assert.deepEqual(counts, { taken: 1, givenBack: 1, called: 0 });
  });

  it('becomes a job over the limits too, where it may wait for them', async () => {
    assert.equal((await bench({ isOverLimit: true }).ask('srv_report', 'auto')).kind, 'job');
  });

  it('is refused over the limits where it would be made at once', async () => {
    const { ask } = bench({ isOverLimit: true });

    for (const [tool, mode] of [
      ['srv_quick', 'auto'],
      ['srv_report', 'sync'],
    ] as const) {
      await assert.rejects(ask(tool, mode), { code: 'rate_limited', retryAfterSeconds: 7 });
    }
  });
});
