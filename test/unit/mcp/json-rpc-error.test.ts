import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProtocolError } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { HUB_ERROR_CODES, HubError, type HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import { protocolError } from '../../../lambdas/mcp/json-rpc-error.ts';

const CAPABILITY_REQUIRED = -32_021;
const INVALID_PARAMS = -32_602;
const INTERNAL_ERROR = -32_603;

/** What the caller can put right by asking for something else; all others lie behind the hub. */
const OF_THE_CALLER = new Set<HubErrorCode>([
  'invalid_request',
  'unauthenticated',
  'insufficient_scope',
  'origin_refused',
  'server_not_found',
  'tool_not_found',
  'resource_not_found',
  'prompt_not_found',
  'tool_disabled',
  'server_disabled',
  'tool_quarantined',
  'server_not_synced',
  'needs_credentials',
  'job_not_found',
  'job_finished',
  'task_not_found',
  'idempotency_mismatch',
  'slug_taken',
  'slug_reserved',
  'quota_exceeded',
  'conflict',
  'precondition_failed',
  'payload_too_large',
  'unsupported_media_type',
]);

/** Those have codes of their own. */
const OF_THEIR_OWN = new Set<HubErrorCode>(['capability_required', 'rate_limited']);

const relayed = (jsonRpcCode: number) =>
  new HubError('upstream_error', 'the server refused', { details: { jsonRpcCode, jsonRpcMessage: 'no such city' } });

describe('an error in JSON-RPC', () => {
  for (const code of HUB_ERROR_CODES.filter((each) => !OF_THEIR_OWN.has(each))) {
    it(`is ${OF_THE_CALLER.has(code) ? 'invalid params' : 'an internal error'} for ${code}, and says the code`, () => {
      for (const era of ['modern', 'legacy'] as const) {
        const error = protocolError(new HubError(code, 'what to do'), era);

        assert.equal(error.code, OF_THE_CALLER.has(code) ? INVALID_PARAMS : INTERNAL_ERROR);
        assert.equal(error.message, 'what to do');
        assert.deepEqual(error.data, { code });
      }
    });
  }

  it('has a code of the hub for a limit, outside of the range that the protocol reserves', () => {
    const limited = new HubError('rate_limited', 'wait', {
      retryAfterSeconds: 3,
      details: { limit: { name: 'server', perMinute: 1 } },
    });

    const error = protocolError(limited, 'modern');

    assert.equal(error.code, 429);
    assert.deepEqual(error.data, {
      code: 'rate_limited',
      retryAfterSeconds: 3,
      limit: { name: 'server', perMinute: 1 },
    });
  });

  it('tells a modern client alone which capability is missing, by the code that the protocol has for it', () => {
    const missing = new HubError('capability_required', 'declare it', {
      details: { requiredCapabilities: { sampling: {} } },
    });

    const [modern, legacy] = [protocolError(missing, 'modern'), protocolError(missing, 'legacy')];

    assert.equal(modern.code, CAPABILITY_REQUIRED);
    assert.deepEqual(modern.data, { requiredCapabilities: { sampling: {} }, code: 'capability_required' });
    assert.equal(legacy.code, INTERNAL_ERROR);
  });

  it('has the object of required capabilities even where the hub does not know them', () => {
    const { data } = protocolError(new HubError('capability_required', 'declare it'), 'modern');

    assert.deepEqual(data, { requiredCapabilities: {}, code: 'capability_required' });
  });

  it('says after how many seconds to come again, where that is known', () => {
    const error = protocolError(new HubError('upstream_rate_limited', 'wait', { retryAfterSeconds: 7 }), 'modern');

    assert.deepEqual(error.data, { code: 'upstream_rate_limited', retryAfterSeconds: 7 });
  });

  it("is a server's own where the server has one, with the facts around it", () => {
    const error = protocolError(relayed(1234), 'modern');

    assert.equal(error.code, 1234);
    assert.equal(error.message, 'no such city');
    assert.deepEqual(error.data, { code: 'upstream_error' });
  });

  it('passes on no code that the protocol reserves, but for invalid params and internal error', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: -32_000 }), fc.constantFrom('modern', 'legacy'), (code, era) => {
        const passed = protocolError(relayed(code), era).code;

        assert.equal(passed, code === INVALID_PARAMS ? INVALID_PARAMS : INTERNAL_ERROR);
      }),
      {
        numRuns: 500,
        examples: [
          [-32_602, 'modern'],
          [-32_603, 'legacy'],
          [-32_768, 'modern'],
          [-32_000, 'legacy'],
        ],
      },
    );
  });

  it("passes on every code that is the servers' to choose", () => {
    const free = fc.oneof(fc.integer({ max: -32_769 }), fc.integer({ min: -31_999 }));
    fc.assert(
      fc.property(free, (code) => {
        assert.equal(protocolError(relayed(code), 'modern').code, code);
      }),
      { examples: [[-32_769], [-31_999], [0]] },
    );
  });

  it('passes on a code only together with its message', () => {
    const bare = new HubError('upstream_error', 'the server refused', { details: { jsonRpcCode: 1234 } });

    const { code, message } = protocolError(bare, 'modern');

    assert.deepEqual([code, message], [INTERNAL_ERROR, 'the server refused']);
  });

  it('leaves an error of the protocol as it is', () => {
    const error = new ProtocolError(-32_601, 'Method not found');

    assert.equal(protocolError(error, 'modern'), error);
  });

  it('says nothing of a defect but that there is one', () => {
    const secret = 'arn:aws:kms:eu-west-1:111122223333:key/vault';
    const lookalike = Object.assign(new Error(secret), {
      name: 'HubError',
      code: 'tool_not_found',
      details: { secret },
    });
    for (const defect of [new Error(secret, { cause: secret }), new TypeError(secret), lookalike, secret, { secret }]) {
      const { code, message, data } = protocolError(defect, 'modern');

      assert.deepEqual(
        { code, message, data },
        { code: INTERNAL_ERROR, message: 'the hub failed', data: { code: 'internal' } },
      );
    }
  });

  it('does not carry what caused a refusal', () => {
    const error = protocolError(new HubError('unavailable', 'try again', { cause: new Error('secret') }), 'modern');

    assert.equal(error.cause, undefined);
    assert.ok(!JSON.stringify(error).includes('secret'));
  });
});
