import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createApiLimits } from '../../../lambdas/adapters/upstreams/rest/api-limits.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import { tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import { secretOf, targetOf } from '../../support/upstreams/upstream-under-test.ts';

const PLAN = undefined;
const ORIGIN = 'https://api.example.com';
const RATE = { resetSeconds: 2, isQuota: false };
const QUOTA = { resetSeconds: 1_419_704, isQuota: true };

function setUp() {
  const clock = { now: 1_000_000 };
  return { clock, limits: createApiLimits({ now: () => clock.now }) };
}

function target(settings: { readonly key?: string; readonly tenant?: string; readonly serverId?: string } = {}) {
  const { key = 'key-1', tenant = 'acme', serverId = 'server' } = settings;
  const secret = secretOf(ORIGIN, { credential: { type: 'header', name: 'x-key', value: key } });
  return targetOf(ORIGIN, { secret, serverId, tenantId: tenantIdSchema.parse(tenant) });
}

function refusal(check: () => void): HubError {
  try {
    check();
  } catch (error) {
    assert.ok(error instanceof HubError);
    return error;
  }
  assert.fail('the request was let through');
}

describe('what an API said of its limits', () => {
  it('lets requests through of which nothing is known', () => {
    const { limits } = setUp();

    assert.doesNotThrow(() => limits.check(target(), PLAN));
  });

  it('refuses until the window ends, to the second', () => {
    const { clock, limits } = setUp();
    limits.note(target(), PLAN, RATE);

    clock.now += 500;
    const { code, details, retryAfterSeconds } = refusal(() => limits.check(target(), PLAN));
    clock.now += 1_501;

    assert.deepEqual(
      { code, details, retryAfterSeconds },
      {
        code: 'upstream_rate_limited',
        details: { exhausted: 'rate' },
        retryAfterSeconds: 2,
      },
    );
    assert.doesNotThrow(() => limits.check(target(), PLAN));
  });

  it('tells an exhausted quota apart, and when it is there again', () => {
    const { limits } = setUp();
    limits.note(target(), PLAN, QUOTA);

    const { message, details, retryAfterSeconds } = refusal(() => limits.check(target(), PLAN));

    assert.match(message, /quota/);
    assert.deepEqual(details, { exhausted: 'quota' });
    assert.equal(retryAfterSeconds, 1_419_704);
  });

  it('is believed for a minute at most, because quotas are raised', () => {
    const { clock, limits } = setUp();
    limits.note(target(), PLAN, QUOTA);

    clock.now += 59_000;
    const { retryAfterSeconds } = refusal(() => limits.check(target(), PLAN));
    clock.now += 2_000;

    assert.equal(retryAfterSeconds, 1_419_704 - 59);
    assert.doesNotThrow(() => limits.check(target(), PLAN));
  });

  for (const [what, other] of [
    ['credential', { key: 'key-2' }],
    ['tenant', { tenant: 'umbrella' }],
    ['server', { serverId: 'other' }],
  ] as const) {
    it(`says nothing of another ${what}`, () => {
      const { limits } = setUp();
      limits.note(target(), PLAN, QUOTA);

      assert.doesNotThrow(() => limits.check(target(other), PLAN));
    });
  }

  it('says nothing of another plan that the same credential has', () => {
    const { limits } = setUp();
    limits.note(target(), 'answers', QUOTA);

    assert.doesNotThrow(() => limits.check(target(), 'search'));
    refusal(() => limits.check(target(), 'answers'));
  });

  it('is refused by the hub itself, so that it says nothing of the API', () => {
    const { limits } = setUp();
    limits.note(target(), PLAN, RATE);

    assert.equal(refusal(() => limits.check(target(), PLAN)).nothingSent, true);
  });

  it('is kept for so many credentials only', () => {
    const { limits } = setUp();
    limits.note(target(), PLAN, QUOTA);

    for (let i = 0; i < 1_000; i++) limits.note(target({ key: `other-${i}` }), PLAN, QUOTA);

    assert.doesNotThrow(() => limits.check(target(), PLAN));
    refusal(() => limits.check(target({ key: 'other-999' }), PLAN));
  });
});
