import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { type DyingServer, startDying } from '../support/upstreams/dying.ts';
import { startModern } from '../support/upstreams/modern.ts';
import { replyWith, speakRaw } from '../support/upstreams/raw-mcp.ts';
import { startRecordingServer } from '../support/upstreams/recording-server.ts';

describe('a caller that leaves it to the hub whether to wait', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;

  const invoke = (tool: string, more: object = {}) =>
    hub.call('POST', `/v1/tools/mine_${tool}/invoke`, { body: { arguments: {}, ...more } });
  const estimateOf = async (tool: string): Promise<number> => {
    const { body } = await hub.call('GET', `/v1/tools?server=mine&q=${tool}`);
    return body.tools[0].hub.estimatedDurationMs;
  };

  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
    const [count] = upstream.offer.tools.filter(({ name }) => name === 'count');
    const description = 'Generates a report, which may take long';
    upstream.offer.tools = upstream.offer.tools.map((tool) => (tool === count ? { ...tool, description } : tool));
    await hub.register({ slug: 'mine', url: upstream.url });
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
  });

  it('waits for a quick tool', async () => {
    assert.equal((await invoke('echo')).status, 200);
  });

  it('gets a job for a tool that takes long, and the result from who insists on waiting', async () => {
    assert.ok((await estimateOf('count')) >= 20_000);

    const sync = await invoke('count', { mode: 'sync' });

    assert.equal(sync.status, 200, sync.text);
  });

  it('waits for it as soon as the hub has learned that it does not take that long', async () => {
    // The call before was quick, and so halved, on a logarithmic scale, what is expected of the next one.
    assert.ok((await estimateOf('count')) < 20_000);

    assert.equal((await invoke('count')).status, 200);
  });

  it('gets a job with where to ask for it', async () => {
    await hub.call('POST', '/v1/servers/mine/sync');
    const description = 'Exports the archive';
    upstream.offer.tools = [...upstream.offer.tools, { name: 'export', description, inputSchema: { type: 'object' } }];
    await hub.call('POST', '/v1/servers/mine/sync');

    const accepted = await invoke('export');

    assert.equal(accepted.status, 202, accepted.text);
    assert.equal(accepted.headers.get('location'), `${hub.url}/v1/jobs/${accepted.body.jobId}`);
  });
});

describe('a job whose outcome is unknown', () => {
  let hub: TestHub;
  let dying: DyingServer;

  const run = async (): Promise<Record<string, unknown>> => {
    const body = { arguments: {}, mode: 'async' };
    const accepted = await hub.call('POST', '/v1/tools/frail_act/invoke', { body });
    for (let tries = 0; tries < 300; tries += 1) {
      const job = await hub.call('GET', `/v1/jobs/${accepted.body.jobId}`);
      if (job.body.status !== 'queued' && job.body.status !== 'running') return job.body;
      if (job.body.lastError !== undefined) return job.body;
      await delay(50);
    }
    throw new Error('the job stands still');
  };

  before(async () => {
    [hub, dying] = await Promise.all([startTestHub(), startDying()]);
    await hub.register({ slug: 'frail', url: dying.urlOf('before-answer') });
  });
  after(async () => {
    await Promise.all([hub?.close(), dying?.close()]);
  });

  it('is not repeated', async () => {
    dying.clear();

    const job = await run();

    assert.equal(job['status'], 'unknown');
    assert.equal(dying.count('tools/call'), 1);
  });

  it('is repeated when its tenant says that this does no harm', async () => {
    const permissions = { default: 'enabled', tools: {}, safeToRepeat: ['frail_act'] };
    const set = await hub.call('PUT', '/v1/permissions', { body: permissions });
    assert.deepEqual([set.status, set.body], [200, permissions]);

    const job = await run();

    assert.equal(job['status'], 'queued', JSON.stringify(job));
    assert.equal(Object(job['lastError']).code, 'upstream_error');
  });

  it('is not repeated because another tenant says so', async () => {
    const everything = { default: 'enabled', tools: {} };
    await hub.call('PUT', '/v1/permissions', { tenant: 'other', body: { ...everything, safeToRepeat: ['frail_act'] } });
    await hub.call('PUT', '/v1/permissions', { body: everything });

    assert.equal((await run())['status'], 'unknown');
  });
});

describe('a tool that its tenant marked as safe to repeat', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startRecovering>>;

  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startRecovering()]);
    await hub.register({ slug: 'frail', url: upstream.origin });
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
  });

  it('is called again when its server died, and the job succeeds', async () => {
    await hub.call('PUT', '/v1/permissions', { body: { default: 'enabled', tools: {}, safeToRepeat: ['frail_act'] } });
    const body = { arguments: {}, mode: 'async' };
    const { jobId } = (await hub.call('POST', '/v1/tools/frail_act/invoke', { body })).body;

    let job = await hub.call('GET', `/v1/jobs/${jobId}`);
    for (let looks = 0; looks < 600 && ['queued', 'running'].includes(job.body.status); looks += 1) {
      await delay(50);
      job = await hub.call('GET', `/v1/jobs/${jobId}`);
    }

    assert.deepEqual([job.body.status, job.body.attempt], ['succeeded', 2], job.text);
    assert.deepEqual(job.body.result.content, [{ type: 'text', text: 'done' }]);
    assert.equal(upstream.count('tools/call'), 2);
  });
});

/** Takes the first call and dies, and answers every later one. */
function startRecovering() {
  let calls = 0;
  const done = replyWith({ resultType: 'complete', content: [{ type: 'text', text: 'done' }] });
  return startRecordingServer((request, response, body) =>
    speakRaw(request, response, body, {
      'tools/call': (answer, call) => (calls++ === 0 ? answer.destroy() : done(answer, call)),
    }),
  );
}
