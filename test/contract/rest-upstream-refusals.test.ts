import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createRestUpstream } from '../../lambdas/adapters/upstreams/rest/rest-upstream.ts';
import type { HubErrorCode } from '../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../lambdas/hub/json.ts';
import { BRAVE } from '../../lambdas/hub/system/brave.ts';
import type { RestServer } from '../../lambdas/hub/system/rest-tool.ts';
import { egressFor } from '../support/egress.ts';
import {
  type ApiError,
  type PlanLimit,
  QUOTA_LIMITED,
  RATE_LIMITED,
  startBraveApi,
} from '../support/upstreams/brave/brave-api.ts';
import {
  callOf,
  contextOf,
  failure,
  HUB_ID,
  resultOf,
  secretOf,
  targetOf,
} from '../support/upstreams/upstream-under-test.ts';

const KEY = 'key-1';
const MONTH_SECONDS = 2_592_000;

/** A plan of one request a second and of 2000 a month. */
function plan(remaining: { readonly second: number; readonly month: number }): readonly PlanLimit[] {
  return [
    { limit: 1, windowSeconds: 1, remaining: remaining.second, resetSeconds: 1 },
    { limit: 2000, windowSeconds: MONTH_SECONDS, remaining: remaining.month, resetSeconds: 1_419_704 },
  ];
}

async function setUp(t: TestContext, server: RestServer = BRAVE) {
  const api = await startBraveApi(t, KEY);
  const clock = { now: Date.now() };
  const upstream = createRestUpstream({ egress: egressFor(t), hubId: HUB_ID, now: () => clock.now, servers: [server] });
  const target = (key = KEY) =>
    targetOf(api.origin, {
      slug: 'brave',
      adapter: 'rest',
      secret: secretOf(api.origin, { credential: { type: 'header', name: 'X-Subscription-Token', value: key } }),
    });
  const search = (key?: string, args: JsonObject = { q: 'trees' }) =>
    upstream.callTool(target(key), callOf('web_search', args), contextOf());
  return { api, clock, upstream, target, search };
}

describe('an API that refuses', () => {
  const errors: readonly (readonly [ApiError, HubErrorCode, JsonObject])[] = [
    [{ status: 401, code: 'UNAUTHORIZED', detail: 'no' }, 'upstream_unauthorized', {}],
    [{ status: 403, code: 'RESOURCE_NOT_ALLOWED', detail: 'no' }, 'upstream_unauthorized', {}],
    [{ status: 422, code: 'SUBSCRIPTION_TOKEN_INVALID', detail: 'no' }, 'upstream_unauthorized', {}],
    [{ status: 404, code: 'SUBSCRIPTION_NOT_FOUND', detail: 'no' }, 'upstream_unauthorized', {}],
    [{ status: 402, code: 'USAGE_LIMIT_EXCEEDED', detail: 'no' }, 'upstream_rate_limited', { exhausted: 'quota' }],
    [{ status: 418, code: 'TEAPOT', detail: 'no' }, 'upstream_error', { httpStatus: 418 }],
    [{ status: 500, code: 'INTERNAL', detail: 'no' }, 'upstream_error', { httpStatus: 500 }],
    [{ status: 503, code: 'BUSY', detail: 'no' }, 'upstream_error', { httpStatus: 503 }],
  ];
  for (const [refusal, code, details] of errors) {
    it(`with ${refusal.status} ${refusal.code} is ${code}`, async (t) => {
      const { api, search } = await setUp(t);
      api.state.refusal = refusal;

      const error = await failure(search(), code);

      assert.deepEqual(error.details, details);
      assert.equal(api.requests.length, 1);
    });
  }

  it('an unknown key is the credential, though the API says 422', async (t) => {
    const { search } = await setUp(t);

    await failure(search('key-of-nobody'), 'upstream_unauthorized');
  });

  for (const status of [400, 404, 409, 422]) {
    it(`with ${status} and a reason gives the caller that reason`, async (t) => {
      const { api, search } = await setUp(t);
      api.state.refusal = { status, code: 'OPTION_NOT_IN_PLAN', detail: 'The option is not subscribed in the plan.' };

      const result = await resultOf(search());

      const text = 'The option is not subscribed in the plan. (OPTION_NOT_IN_PLAN)';
      assert.deepEqual(result, { content: [{ type: 'text', text }], isError: true });
    });
  }

  it('says which parameter it does not take', async (t) => {
    const { api, search } = await setUp(t);
    const errors = [{ type: 'enum', loc: ['query', 'country'], msg: 'Input is not valid' }];
    api.state.refusal = { status: 422, code: 'VALIDATION', detail: 'Unable to validate', meta: { errors } };

    const { content } = await resultOf(search());

    assert.deepEqual(content, [{ type: 'text', text: 'Unable to validate; country: Input is not valid' }]);
  });
});

describe('an answer that is none', () => {
  for (const [what, raw] of [
    ['not JSON', '<!doctype html><title>Welcome</title>'],
    ['cut', '{"type":"search","web":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['empty', ''],
    ['nested too deeply', '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)],
  ] as const) {
    it(`because it is ${what}, is an upstream_error`, async (t) => {
      const { api, search } = await setUp(t);
      api.state.raw = raw;

      const error = await failure(search(), 'upstream_error');

      assert.deepEqual(error.details, {});
    });
  }

  it('leaves the outcome open when the tool may have done something', async (t) => {
    const [tool] = BRAVE.tools;
    assert.ok(tool !== undefined);
    const definition = { ...tool.definition, annotations: { readOnlyHint: false } };
    const { api, search } = await setUp(t, { ...BRAVE, tools: [{ ...tool, definition }] });
    api.state.raw = 'not JSON';

    const unread = await failure(search(), 'upstream_error');
    api.state.refusal = { status: 503, code: 'BUSY', detail: 'no' };
    const broken = await failure(search(), 'upstream_error');
    api.state.refusal = { status: 401, code: 'NO', detail: 'no' };
    const refused = await failure(search(), 'upstream_unauthorized');

    assert.deepEqual(unread.details, { outcome: 'unknown' });
    assert.deepEqual(broken.details, { outcome: 'unknown', httpStatus: 503 });
    assert.deepEqual(refused.details, {});
  });

  it('ends after a silence that is shorter than the deadline', async (t) => {
    const { api, upstream, target } = await setUp(t);
    api.misbehave('silent');

    const context = contextOf({ ms: 60_000, silenceMs: 200 });

    await failure(upstream.callTool(target(), callOf('web_search', { q: 'trees' }), context), 'upstream_timeout');

    assert.equal(context.deadline.signal.aborted, false);
  });
});

describe('the limits of an API', () => {
  it('a 429 for the rate says when the second is over', async (t) => {
    const { api, search } = await setUp(t);
    api.state.limits = plan({ second: 0, month: 1985 });
    api.state.refusal = RATE_LIMITED;

    const { retryAfterSeconds, details } = await failure(search(), 'upstream_rate_limited');

    assert.deepEqual({ retryAfterSeconds, details }, { retryAfterSeconds: 1, details: { exhausted: 'rate' } });
  });

  it('a 429 for the quota says when the month is over', async (t) => {
    const { api, search } = await setUp(t);
    api.state.limits = plan({ second: 1, month: 0 });
    api.state.refusal = QUOTA_LIMITED;

    const { retryAfterSeconds, details } = await failure(search(), 'upstream_rate_limited');

    assert.deepEqual({ retryAfterSeconds, details }, { retryAfterSeconds: 1_419_704, details: { exhausted: 'quota' } });
  });

  it('a 429 without these headers is as long as Retry-After says, or says nothing', async (t) => {
    const { api, search } = await setUp(t);
    api.state.refusal = RATE_LIMITED;

    const { retryAfterSeconds } = await failure(search(), 'upstream_rate_limited');

    assert.equal(retryAfterSeconds, undefined);
  });

  it('after a 429 nothing is sent until the window is over', async (t) => {
    const { api, clock, search } = await setUp(t);
    api.state.limits = plan({ second: 0, month: 1985 });
    api.state.refusal = RATE_LIMITED;
    await failure(search(), 'upstream_rate_limited');

    await failure(search(), 'upstream_rate_limited');
    const sentMeanwhile = api.requests.length;
    clock.now += 1_001;
    Object.assign(api.state, { refusal: undefined, limits: plan({ second: 1, month: 1984 }) });
    const result = await resultOf(search());

    assert.equal(sentMeanwhile, 1);
    assert.equal(result['isError'], undefined);
  });

  it('after the last request that a window had, nothing is sent either', async (t) => {
    const { api, search } = await setUp(t);
    api.state.limits = plan({ second: 0, month: 1984 });
    await resultOf(search());

    const { retryAfterSeconds } = await failure(search(), 'upstream_rate_limited');

    assert.equal(retryAfterSeconds, 1);
    assert.equal(api.requests.length, 1);
  });

  it('another credential is not held up', async (t) => {
    const { api, search } = await setUp(t);
    api.state.limits = plan({ second: 1, month: 0 });
    await resultOf(search());
    await failure(search(), 'upstream_rate_limited');

    api.state.key = 'key-2';

    await resultOf(search('key-2'));
  });

  it('another plan of the same credential is not held up', async (t) => {
    const { api, upstream, target, search } = await setUp(t);
    api.state.limits = plan({ second: 1, month: 0 });
    const spell = () => upstream.callTool(target(), callOf('spellcheck', { q: 'tres' }), contextOf());
    await resultOf(spell());
    await failure(spell(), 'upstream_rate_limited');

    await resultOf(search());

    assert.equal(api.requests.length, 2);
  });

  it('an unlimited quota, which the API tells as 0, holds nothing up', async (t) => {
    const { api, search } = await setUp(t);
    api.state.limits = [
      { limit: 50, windowSeconds: 1, remaining: 49, resetSeconds: 1 },
      { limit: 0, windowSeconds: MONTH_SECONDS, remaining: 0, resetSeconds: 1_419_704 },
    ];

    await resultOf(search());
    await resultOf(search());

    assert.equal(api.requests.length, 2);
  });

  it('wrong arguments are told even while a window is exhausted', async (t) => {
    const { api, search } = await setUp(t);
    api.state.limits = plan({ second: 1, month: 0 });
    await resultOf(search());

    const { isError } = await resultOf(search(KEY, { q: '' }));

    assert.equal(isError, true);
  });
});
