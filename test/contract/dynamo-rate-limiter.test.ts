import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { createDynamoCircuitStore } from '../../lambdas/adapters/dynamo/dynamo-circuit-store.ts';
import { createDynamoRateLimiter } from '../../lambdas/adapters/dynamo/dynamo-rate-limiter.ts';
import { type TenantId, tenantIdSchema } from '../../lambdas/hub/principal.ts';
import type { LimitSubject, Spending, TakenUnit } from '../../lambdas/hub/limits/rate-limiter.ts';
import { startDynamoDb } from '../../local/endpoints/dynamodb.ts';

const SERVER: LimitSubject = { kind: 'server', slug: 'srv' };
const TABLE = 'limits';

describe('the rate limiter on DynamoDB', () => {
  let directory: string;
  let database: Awaited<ReturnType<typeof startDynamoDb>>;
  let client: DynamoDBClient;
  let requests = 0;
  let clock = 1_800_000_000_000;
  let tenant: TenantId;
  let tenants = 0;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nexus-limits-'));
    database = await startDynamoDb(join(directory, 'dynamodb.sqlite'), 'us-east-1');
    client = connect();
    client.middlewareStack.add((next) => (args) => (requests++, next(args)), { step: 'initialize' });
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
      }),
    );
  });
  after(async () => {
    client?.destroy();
    await database?.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    tenant = tenantIdSchema.parse(`tenant-${++tenants}`);
  });

  function connect(): DynamoDBClient {
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    return new DynamoDBClient({ endpoint: database.dynamodb.endpoint, region: 'us-east-1', credentials });
  }

  /** As one function's environment has it, or another's. */
  const limiter = () => createDynamoRateLimiter(client, { tableName: TABLE, now: () => clock });
  const isAllowed = ({ state }: Spending) => state === 'allowed';

  async function spendAtOnce(count: number, environments = 8): Promise<Spending[]> {
    const limiters = Array.from({ length: environments }, limiter);
    const spending = Array.from({ length: count }, async (_, index) =>
      limiters[index % environments]?.spend(tenant, SERVER),
    );
    return (await Promise.all(spending)).filter((spent) => spent !== undefined);
  }

  it('does not know a limit that nobody set, and takes nothing', async () => {
    assert.deepEqual(await limiter().spend(tenant, SERVER), { state: 'unknown' });
  });

  for (const perMinute of [1, 7, 60]) {
    it(`admits exactly ${perMinute} of 200 calls that come at once to a limit of ${perMinute} a minute`, async () => {
      await limiter().remember(tenant, SERVER, perMinute);

      const spent = await spendAtOnce(200);

      assert.equal(spent.filter(isAllowed).length, perMinute);
    });
  }

  it('lets calls come back one by one, each at the very millisecond that a refusal named', async () => {
    await limiter().remember(tenant, SERVER, 7);
    await spendAtOnce(7);
    const refused = await limiter().spend(tenant, SERVER);
    assert.ok(refused.state === 'refused');
    assert.equal(refused.retryAfterMs, Math.ceil(60_000 / 7));

    clock += refused.retryAfterMs - 1;
    assert.equal((await limiter().spend(tenant, SERVER)).state, 'refused');
    clock += 1;
    assert.equal((await limiter().spend(tenant, SERVER)).state, 'allowed');
    assert.equal((await limiter().spend(tenant, SERVER)).state, 'refused');
  });

  it('allows the whole burst again after a minute of silence, and no more', async () => {
    await limiter().remember(tenant, SERVER, 5);
    await spendAtOnce(5);

    clock += 10 * 60_000;

    assert.equal((await spendAtOnce(20)).filter(isAllowed).length, 5);
  });

  it('counts each tenant, each server and the tenant as a whole for itself', async () => {
    const other = tenantIdSchema.parse(`${tenant}-other`);
    const subjects: [TenantId, LimitSubject][] = [
      [tenant, SERVER],
      [tenant, { kind: 'server', slug: 'srv2' }],
      [tenant, { kind: 'tenant' }],
      [other, SERVER],
    ];
    for (const [who, subject] of subjects) await limiter().remember(who, subject, 1);

    for (const [who, subject] of subjects) {
      assert.equal((await limiter().spend(who, subject)).state, 'allowed');
      assert.equal((await limiter().spend(who, subject)).state, 'refused');
    }
  });

  it('keeps what was taken when the limit changes', async () => {
    await limiter().remember(tenant, SERVER, 10);
    await spendAtOnce(10);

    await limiter().remember(tenant, SERVER, 1000);
    clock += 60;
    assert.equal((await limiter().spend(tenant, SERVER)).state, 'allowed');

    await limiter().remember(tenant, SERVER, 1);
    const refused = await limiter().spend(tenant, SERVER);
    assert.ok(refused.state === 'refused' && refused.perMinute === 1);
  });

  describe('to which calls are given back', () => {
    /** Who gives back counts as so late. */
    const LATE = 10;
    const take = async (): Promise<TakenUnit> => {
      const spent = await limiter().spend(tenant, SERVER);
      assert.ok(spent.state === 'allowed');
      return spent.unit;
    };
    const takeAtOnce = async (count: number) =>
      (await spendAtOnce(count)).flatMap((spent) => (spent.state === 'allowed' ? spent.unit : []));
    const giveBack = (unit: TakenUnit) => limiter().giveBack(tenant, SERVER, unit);

    it('admits another call for each, and no more', async () => {
      await limiter().remember(tenant, SERVER, 60);
      const units = await takeAtOnce(60);

      await Promise.all(units.slice(0, 7).map(giveBack));
      clock += LATE;

      assert.equal((await spendAtOnce(30)).filter(isAllowed).length, 7);
    });

    it('admits exactly the limit, however many take and give back at once', async () => {
      const perMinute = 20;
      await limiter().remember(tenant, SERVER, perMinute);
      let kept = 0;
      const visit = async (_: unknown, index: number) => {
        const spent = await limiter().spend(tenant, SERVER);
        if (spent.state !== 'allowed') return;
        if (index % 2 === 0) return giveBack(spent.unit);
        kept += 1;
      };

      for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 12 }, visit));
      // Each line that is begun anew at the same moment counts as later; all of that is less than a call.
      clock += 1_000;
      kept += (await spendAtOnce(60)).filter(isAllowed).length;

      assert.equal(kept, perMinute);
    });

    it('is as if it had never been called when all was given back', async () => {
      await limiter().remember(tenant, SERVER, 5);
      for (const unit of await takeAtOnce(5)) await giveBack(unit);

      clock += LATE;

      assert.equal((await spendAtOnce(20)).filter(isAllowed).length, 5);
    });

    it('keeps the only call of a minute for who makes it', async () => {
      await limiter().remember(tenant, SERVER, 1);
      await giveBack(await take());
      clock += LATE;

      assert.equal((await spendAtOnce(3)).filter(isAllowed).length, 1);
    });

    it('gives nothing for a call that has come back by itself', async () => {
      await limiter().remember(tenant, SERVER, 5);
      const unit = await take();
      clock += 12_000;
      await spendAtOnce(5);

      await giveBack(unit);

      assert.equal((await limiter().spend(tenant, SERVER)).state, 'refused');
    });

    it('changes nothing where the limit is not known any more', async () => {
      const at = clock * 1000;
      const stranger = { interval: 1e6, end: at + 1e6, startedAt: at, countsFrom: at, givenBack: 0 };
      await assert.doesNotReject(giveBack(stranger));

      assert.deepEqual(await limiter().spend(tenant, SERVER), { state: 'unknown' });
    });

    it('changes as much when the answer was lost and the request is repeated', async () => {
      await limiter().remember(tenant, SERVER, 5);
      const [unit] = await takeAtOnce(5);
      assert.ok(unit !== undefined);
      let attempts = 0;
      const unlucky = connect();
      const loseTheFirst = { step: 'finalizeRequest', priority: 'low' } as const;
      unlucky.middlewareStack.add(
        (next) => async (args) => {
          attempts += 1;
          const answer = await next(args);
          if (attempts === 1) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
          return answer;
        },
        loseTheFirst,
      );

      await createDynamoRateLimiter(unlucky, { tableName: TABLE, now: () => clock }).giveBack(tenant, SERVER, unit);
      unlucky.destroy();

      assert.equal(attempts, 2);
      clock += LATE;
      assert.equal((await spendAtOnce(10)).filter(isAllowed).length, 1);
    });

    it('costs one request, or none once the call has come back by itself', async () => {
      await limiter().remember(tenant, SERVER, 3);
      const [first, second] = [await take(), await take()];
      requests = 0;
      await giveBack(second);
      assert.equal(requests, 1);

      clock += 60_000;
      await giveBack(first);

      assert.equal(requests, 1);
    });

    it('never admits a call that the algorithm refuses if only those that are made ever came', async () => {
      const step = fc.record({
        pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 20_000 })),
        does: fc.constantFrom('make', 'hold', 'giveBack'),
        which: fc.nat(),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 12 }),
          fc.array(step, { minLength: 5, maxLength: 50 }),
          async (perMinute, steps) => {
            tenant = tenantIdSchema.parse(`tenant-${++tenants}`);
            await limiter().remember(tenant, SERVER, perMinute);
            const held: TakenUnit[] = [];
            const model = createModel(perMinute);
            for (const { pause, does, which } of steps) {
              clock += pause;
              if (does === 'giveBack') {
                for (const unit of held.splice(which % (held.length + 1), 1)) await giveBack(unit);
                continue;
              }
              const spent = await limiter().spend(tenant, SERVER);
              if (spent.state !== 'allowed') continue;
              if (does === 'hold') held.push(spent.unit);
              else assert.ok(model(clock));
            }
          },
        ),
        { numRuns: 40 },
      );
    });
  });

  describe('with the circuit of the server in the same item', () => {
    const circuits = () => createDynamoCircuitStore(client, TABLE);
    const keyOf = (revision = 1) => ({ tenantId: tenant, slug: 'srv', serverId: 'id', revision });
    const known = async () => {
      const spent = await limiter().spend(tenant, SERVER);
      return spent.state === 'allowed' ? spent.circuit : undefined;
    };
    beforeEach(() => limiter().remember(tenant, SERVER, 1000));

    it('tells nothing until a call failed, and then how many did in a row', async () => {
      assert.equal(await known(), undefined);

      assert.deepEqual([await circuits().countFailure(keyOf()), await circuits().countFailure(keyOf())], [1, 2]);

      assert.deepEqual(await known(), { connection: 'id.1', failures: 2, openUntil: 0 });
    });

    it('loses no failure of calls that fail at once', async () => {
      await circuits().countFailure(keyOf());

      await Promise.all(Array.from({ length: 20 }, () => circuits().countFailure(keyOf())));

      assert.equal((await known())?.failures, 21);
    });

    it('starts anew with another connection', async () => {
      await circuits().countFailure(keyOf(1));
      await circuits().countFailure(keyOf(1));

      assert.equal(await circuits().countFailure(keyOf(2)), 1);
      await circuits().open(keyOf(1), 5);
      await circuits().close(keyOf(1));

      assert.deepEqual(await known(), { connection: 'id.2', failures: 1, openUntil: 0 });
    });

    it('lets one of many claim the probe', async () => {
      await circuits().countFailure(keyOf());
      await circuits().open(keyOf(), 7);
      const seen = { failures: 1, openUntil: 7 };

      const claims = await Promise.all(Array.from({ length: 20 }, () => circuits().movePause(keyOf(), seen, 9)));

      assert.equal(claims.filter(Boolean).length, 1);
      assert.equal((await known())?.openUntil, 9);
    });

    it('forgets when the server answers', async () => {
      await circuits().countFailure(keyOf());
      await circuits().close(keyOf());

      assert.equal(await known(), undefined);
    });

    it('makes no item of its own', async () => {
      const stranger = { ...keyOf(), tenantId: tenantIdSchema.parse(`${tenant}-stranger`) };
      await circuits().countFailure(stranger);

      assert.deepEqual(await limiter().spend(stranger.tenantId, SERVER), { state: 'unknown' });
    });
  });

  it('costs one request, for a call after a pause, for one in a line, and for a refusal', async () => {
    const environment = limiter();
    await environment.remember(tenant, SERVER, 3);
    const cost = async () => {
      requests = 0;
      await environment.spend(tenant, SERVER);
      return requests;
    };

    assert.deepEqual([await cost(), await cost(), await cost(), await cost()], [1, 1, 1, 1]);
  });

  it('admits what the algorithm admits, whatever comes when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 30 }),
        async (perMinute, pauses) => {
          tenant = tenantIdSchema.parse(`tenant-${++tenants}`);
          await limiter().remember(tenant, SERVER, perMinute);
          const model = createModel(perMinute);
          for (const pause of pauses) {
            clock += pause;
            assert.equal(isAllowed(await limiter().spend(tenant, SERVER)), model(clock));
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** A bucket that holds a minute's calls and fills one after the other: the same algorithm seen from the other side. */
function createModel(perMinute: number): (now: number) => boolean {
  const interval = Math.ceil(60_000_000 / perMinute);
  let filled = perMinute * interval;
  let last: number | undefined;
  return (now) => {
    filled = Math.min(perMinute * interval, filled + (now - (last ?? now)) * 1000);
    last = now;
    if (filled < interval) return false;
    filled -= interval;
    return true;
  };
}
