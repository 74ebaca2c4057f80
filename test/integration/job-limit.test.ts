import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { ENV } from '../../lambdas/contract.ts';
import { modifiedAssembly } from '../support/modified-assembly.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startModern } from '../support/upstreams/modern.ts';

const LIMIT = 3;

/** The stack as if its stage let a tenant submit few jobs. */
function sparingAssembly(): Promise<string> {
  return modifiedAssembly((resources) => {
    for (const { Type, Properties } of Object.values(resources)) {
      if (Type !== 'AWS::Lambda::Function') continue;
      const { Variables } = Properties.Environment;
      if (ENV.tenantJobsPerMinute in Variables) Variables[ENV.tenantJobsPerMinute] = String(LIMIT);
    }
  });
}

describe('a limit of jobs per minute', () => {
  let assembly: string;
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;
  const submit = (key: string, tenant = 'acme') =>
    hub.call('POST', '/v1/tools/s_count/invoke', {
      tenant,
      headers: { 'idempotency-key': key },
      body: { mode: 'async' },
    });

  before(async () => {
    assembly = await sparingAssembly();
    [hub, upstream] = await Promise.all([startTestHub({ assembly }), startModern()]);
    for (const tenant of ['acme', 'other']) await hub.register({ slug: 's', url: upstream.url }, { tenant });
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
    await rm(assembly, { recursive: true });
  });

  it('refuses what is over it with the time to wait, stores nothing of it, and answers what is there', async () => {
    // All at once, before a fourth could come back.
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => submit(`job-${index}`)));

    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(
      accepted.length + refused.length,
      20,
      answers.map(({ status, text }) => `${status} ${text}`).join('\n'),
    );
    assert.ok(accepted.length >= LIMIT && refused.length > 0);
    const [first] = refused;
    assert.equal(first?.body.code, 'rate_limited');
    assert.deepEqual(first?.body.limit, { name: 'jobs', perMinute: LIMIT });
    const seconds = Number(first?.headers.get('retry-after'));
    assert.ok(seconds >= 1 && seconds <= 20, String(seconds));
    assert.equal(first?.headers.get('ratelimit-policy'), `"jobs";q=${LIMIT};w=60`);

    const { jobs } = (await hub.call('GET', '/v1/jobs')).body;
    assert.deepEqual(
      jobs.map(({ jobId }: { jobId: string }) => jobId).toSorted(),
      accepted.map(({ body }) => body.jobId).toSorted(),
    );
    const again = await submit(`job-${answers.indexOf(accepted[0] ?? assert.fail())}`);
    assert.deepEqual([again.status, again.body.jobId], [202, accepted[0]?.body.jobId]);
  });

  it('is each tenant’s own, and no matter of calls that wait', async () => {
    assert.equal((await submit('job', 'other')).status, 202);
    assert.equal((await hub.call('POST', '/v1/tools/s_count/invoke', { body: {} })).status, 200);
  });
});
