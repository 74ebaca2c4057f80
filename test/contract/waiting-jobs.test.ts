import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoRateLimiter } from '../../lambdas/adapters/dynamo/dynamo-rate-limiter.ts';
import { HubError } from '../../lambdas/hub/hub-error.ts';
import { claimed, created } from '../../lambdas/hub/jobs/job-edges.ts';
import { afterFailure, failureOf } from '../../lambdas/hub/jobs/job-failure.ts';
import { createJobId } from '../../lambdas/hub/jobs/job-id.ts';
import type { QueuedJob } from '../../lambdas/hub/jobs/job.ts';
import { createLimitCalls } from '../../lambdas/hub/limits/limit-calls.ts';
import { tenantIdSchema } from '../../lambdas/hub/principal.ts';
import type { Server } from '../../lambdas/hub/servers/server.ts';
import { startDynamoDb } from '../../local/endpoints/dynamodb.ts';
import { createChance } from '../support/jobs/chance.ts';
import { inMemoryStores } from '../support/mcp/in-memory-stores.ts';

const TABLE = 'limits';
const STARTED = 1_800_000_000_000;
const MINUTE = 60_000;
const TENANT = tenantIdSchema.parse('acme');
const JOBS = 150;
const TENANT_PER_MINUTE = 120;
const SERVER_PER_MINUTE = 60;
/** What a worker's tries take, so that all limits are asked for long before anything of them comes back. */
const TRY_MS = 40;

describe('jobs that wait for the limits of calls', () => {
  let directory: string;
  let database: Awaited<ReturnType<typeof startDynamoDb>>;
  let client: DynamoDBClient;
  let clock = STARTED;
  const reported: unknown[] = [];

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nexus-limits-'));
    database = await startDynamoDb(join(directory, 'dynamodb.sqlite'), 'us-east-1');
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    client = new DynamoDBClient({ endpoint: database.dynamodb.endpoint, region: 'us-east-1', credentials });
    const keys = [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ] as const;
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [...keys],
        AttributeDefinitions: keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
      }),
    );
  });
  after(async () => {
    client?.destroy();
    await database?.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** One worker after the other takes what has waited longest, and somebody calls another server now and then. */
  async function simulate(jobs: number, call: (slug: string) => Promise<void>) {
    const chance = createChance(7);
    const identity = { tenantId: TENANT, subject: 'ann', tool: 'busy_tool' };
    const submitted = (): QueuedJob => created({ ...identity, jobId: createJobId(STARTED, chance.bytes) }, STARTED);
    const waiting = Array.from({ length: jobs }, submitted);
    const done: number[] = [];
    const sync = { asked: 0, refused: 0 };
    let tries = 0;
    for (let nextSync = STARTED + 500; waiting.length > 0;) {
      waiting.sort((a, b) => a.notBefore - b.notBefore);
      const due = Math.max(clock, waiting[0]?.notBefore ?? 0);
      if (nextSync <= due) {
        clock = Math.max(clock, nextSync);
        nextSync += 2_000;
        sync.asked += 1;
        await call('quiet').catch(() => (sync.refused += 1));
        continue;
      }
      clock = due;
      tries += 1;
      const job = waiting.shift();
      assert.ok(job !== undefined);
      try {
        await call('busy');
        done.push(clock - STARTED);
      } catch (error) {
        assert.ok(error instanceof HubError && error.code === 'rate_limited');
        const next = afterFailure(claimed(job, 'worker', clock), failureOf(error), { now: clock, random: chance.next });
        assert.ok(next.status === 'queued');
        waiting.push(next);
      }
      clock += TRY_MS;
    }
    return { done, sync, tries };
  }

  it('are done at the rate of the limit, and leave the rest of the tenant’s calls to others', async () => {
    const limiter = createDynamoRateLimiter(client, { tableName: TABLE, now: () => clock });
    const report = (error: unknown) => void reported.push(error);
    const limitCalls = createLimitCalls({ limiter, tenantPerMinute: TENANT_PER_MINUTE, report });
    const limits = { busy: SERVER_PER_MINUTE, quiet: 1_000 };
    const servers = await serversOf(limits);
    const call = async (slug: string) => void (await (await limitCalls(TENANT, slug)).confirm(servers.get(slug)));

    const { done, sync, tries } = await simulate(JOBS, call);

    assert.equal(done.length, JOBS);
    // A burst of a minute's calls, then one a second: a minute and a half, and the time in which the last ones come back.
    for (const [index, at] of done.entries()) assert.ok(at >= (index - SERVER_PER_MINUTE + 1) * 1_000 - 1, `${index}`);
    assert.ok((done.at(-1) ?? Infinity) <= 3.5 * MINUTE, `the last after ${done.at(-1)} ms`);
    assert.deepEqual({ refused: sync.refused, some: sync.asked > 40 }, { refused: 0, some: true });
    assert.ok(tries <= JOBS * 20, `${tries} tries`);
    assert.deepEqual(reported, []);
  });
});

async function serversOf(limits: Readonly<Record<string, number>>): Promise<Map<string, Server>> {
  const { config } = inMemoryStores({ [TENANT]: { servers: Object.keys(limits).map((slug) => ({ slug })) } });
  const { servers } = await config.read(TENANT);
  return new Map(
    servers.map((server) => [server.slug, { ...server, rateLimitPerMinute: limits[server.slug] ?? 60 }] as const),
  );
}
