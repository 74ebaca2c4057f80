import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { askHub } from '../../local/control/ask-hub.ts';
import { answerSchemas } from '../../local/control/control-commands.ts';
import { mintToken } from '../../local/issuer/mint-token.ts';
import { loadSigningKey } from '../../local/signing-key.ts';
import { childrenOf, freePort, isAlive, startHubProcess } from '../support/started-hub.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startGated } from '../support/upstreams/gated.ts';

const FLOODING = 'flooding';
const FLOOD = 320;
const QUIET = Array.from({ length: 9 }, (_, index) => `quiet-${index}`);
const EACH = 20;
const TENANTS = [FLOODING, ...QUIET];
/** Jobs that are worked on at the same time, so that one kill catches no more. */
const WORKERS = 10;
const SUBMITTING = 8;
const LIMIT_MS = 200_000;
/** Sooner than the schedule's minute. */
const SWEEP_MS = 5_000;

interface ShownJob {
  readonly jobId: string;
  readonly status: string;
}

interface Asked {
  readonly key?: string;
  readonly [member: string]: unknown;
}

/** Everything that people and clients do with a hub that runs as `npm start` does. */
async function hubOnItsOwn(t: TestContext) {
  const dataDirectory = temporaryDirectory(t);
  const env = { PORT: await freePort(), NEXUS_DATA: dataDirectory };
  let hub = await startHubProcess(t, env);
  const signingKey = await loadSigningKey(dataDirectory);
  const scopes = ['tools:read', 'tools:call', 'servers:read', 'servers:write'];
  const tokens = new Map<string, string>();
  for (const tenant of TENANTS) {
    tokens.set(tenant, await mintToken({ publicUrl: hub.url, signingKey }, { tenant, scopes }));
  }

  /** Again when the hub failed, as on a machine without time to start a function: no request here does harm twice. */
  async function ask(tenant: string, method: string, path: string, { key = '', ...body }: Asked = {}) {
    for (let tries = 1; ; tries += 1) {
      const response = await fetch(hub.url + path, {
        method,
        headers: {
          authorization: `Bearer ${tokens.get(tenant)}`,
          'content-type': 'application/json',
          ...(key && { 'idempotency-key': key }),
        },
        ...(method === 'POST' && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.ok) return JSON.parse(text);
      assert.ok(response.status >= 500 && tries < 5, `${response.status} ${text}`);
    }
  }

  return {
    ask,
    async hasEnded(tenant: string): Promise<boolean> {
      for (const status of ['queued', 'running']) {
        const { jobs } = await ask(tenant, 'GET', `/v1/jobs?status=${status}&limit=1`);
        if (jobs.length > 0) return false;
      }
      return true;
    },
    async jobsOf(tenant: string): Promise<ShownJob[]> {
      const jobs: ShownJob[] = [];
      let cursor = '';
      do {
        const page = await ask(tenant, 'GET', `/v1/jobs?limit=200${cursor && `&cursor=${cursor}`}`);
        jobs.push(...page.jobs);
        cursor = page.nextCursor ?? '';
      } while (cursor !== '');
      return jobs;
    },
    sweep: () => askHub(dataDirectory, { command: 'fire', name: 'AsyncJobsSweep' }, answerSchemas.fire),
    killEnvironments(): number {
      const environments = childrenOf(hub.process).filter(({ command }) => command.includes('environment.ts'));
      for (const { pid } of environments) process.kill(pid, 'SIGKILL');
      return environments.length;
    },
    async killAndRestart(): Promise<void> {
      const children = childrenOf(hub.process);
      hub.process.kill('SIGKILL');
      await once(hub.process, 'exit');
      while (children.some(isAlive)) await delay(50);
      hub = await startHubProcess(t, env);
    },
    stop: () => hub.process.kill('SIGTERM'),
  };
}

test('500 jobs of ten tenants outlive their workers and their hub', { timeout: LIMIT_MS + 100_000 }, async (t) => {
  const [hub, upstream] = await Promise.all([hubOnItsOwn(t), startGated()]);
  t.after(() => upstream.close());
  const { effects } = upstream;
  const server = { slug: 's', url: upstream.url, rateLimitPerMinute: 100_000 };
  await Promise.all(TENANTS.map((tenant) => hub.ask(tenant, 'POST', '/v1/servers', server)));

  // The flood comes first, and nothing is done before everybody has submitted.
  const wanted = [FLOODING, ...QUIET].flatMap((tenant) =>
    Array.from({ length: tenant === FLOODING ? FLOOD : EACH }, (_, index) => ({
      tenant,
      marker: `${tenant}-${index}`,
    })),
  );
  const markers = new Map<string, string>();
  const queue = wanted.values();
  const submit = async () => {
    for (const { tenant, marker } of queue) {
      const path = `/v1/tools/s_${upstream.tool}/invoke`;
      const { jobId } = await hub.ask(tenant, 'POST', path, { key: marker, mode: 'async', arguments: { marker } });
      markers.set(jobId, marker);
    }
  };
  await Promise.all(Array.from({ length: SUBMITTING }, submit));
  assert.equal(markers.size, 500);

  const until = async (isReached: () => boolean | Promise<boolean>, what: string) => {
    const end = Date.now() + LIMIT_MS;
    while (!(await isReached())) {
      assert.ok(Date.now() < end, `${what}: ${effects.length} calls so far`);
      await delay(20);
    }
  };
  const heldCalls = async () => {
    upstream.shut();
    const before = effects.length;
    await until(() => effects.length >= before + WORKERS / 2, 'calls are under way');
  };

  upstream.open();
  await until(() => effects.length >= 60, 'jobs are being done');
  await heldCalls();
  assert.ok(hub.killEnvironments() > 0);
  upstream.open();
  await until(() => effects.length >= 150, 'jobs are done after the death of workers');
  await heldCalls();
  await hub.killAndRestart();
  upstream.open();

  await until(async () => {
    await delay(SWEEP_MS);
    await hub.sweep();
    for (const tenant of TENANTS) if (!(await hub.hasEnded(tenant))) return false;
    return true;
  }, 'every job has ended');
  const jobs = new Map<string, ShownJob>();
  for (const tenant of TENANTS) for (const job of await hub.jobsOf(tenant)) jobs.set(job.jobId, job);
  hub.stop();

  assert.deepEqual([...jobs.keys()].toSorted(), [...markers.keys()].toSorted(), 'none is lost, none came from nowhere');
  assert.equal(new Set(effects).size, effects.length, 'no call took effect twice');
  const called = new Set(effects);
  const ended = (status: string) => [...jobs.values()].filter((job) => job.status === status);
  const succeeded = ended('succeeded');
  const unknown = ended('unknown');
  assert.equal(succeeded.length + unknown.length, 500);
  assert.ok(unknown.length > 0 && unknown.length <= 2 * WORKERS, 'only what a kill caught is unknown');
  for (const { jobId } of succeeded) assert.ok(called.has(markers.get(jobId) ?? ''), 'a success was a call');

  // By order, not by time: what a kill caught apart, the quiet ones were done while most of the flood still waited.
  const halfOfTheFlood = effects.findIndex(
    (_, index) => effects.slice(0, index + 1).filter((marker) => marker.startsWith(FLOODING)).length === FLOOD / 2,
  );
  const quietBefore = effects.slice(0, halfOfTheFlood).filter((marker) => !marker.startsWith(FLOODING)).length;
  assert.ok(quietBefore >= QUIET.length * EACH - 2 * WORKERS, `${quietBefore} quiet calls before half of the flood`);
});
