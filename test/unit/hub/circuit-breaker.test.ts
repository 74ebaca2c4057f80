import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { HubError, type HubErrorCode } from '../../../lambdas/hub/hub-error.ts';
import { type CircuitKey, type CircuitStore, FAILURES_TO_OPEN } from '../../../lambdas/hub/limits/circuit.ts';
import { createCircuitBreaker } from '../../../lambdas/hub/limits/circuit-breaker.ts';
import { type Circuit, CLOSED } from '../../../lambdas/hub/upstreams/circuit.ts';
import type { Upstream, UpstreamAnswer } from '../../../lambdas/hub/upstreams/upstream.ts';
import { contextOf, targetOf } from '../../support/upstreams/upstream-under-test.ts';

const definition = { name: 'act', inputSchema: { type: 'object' } };
const call = { name: 'act', arguments: {}, definition };
const refusedAs = (code: HubErrorCode) => (error: unknown) => error instanceof HubError && error.code === code;

describe('the circuit breaker', () => {
  let clock = 0;
  let asked = 0;
  let circuit: Circuit = CLOSED;
  let outcome: () => Promise<UpstreamAnswer>;
  const reported: unknown[] = [];

  const circuits: CircuitStore = {
    countFailure: async () => {
      circuit = { ...circuit, failures: circuit.failures + 1 };
      return circuit.failures;
    },
    open: async (_key: CircuitKey, openUntil) => void (circuit = { ...circuit, openUntil }),
    close: async () => void (circuit = CLOSED),
    movePause: async (_key, seen, openUntil) => {
      if (circuit.openUntil !== seen.openUntil) return false;
      circuit = { ...circuit, openUntil };
      return true;
    },
  };
  const upstream = { callTool: () => (asked++, outcome()) } as Partial<Upstream> as Upstream;
  const breaker = createCircuitBreaker({ upstream, circuits, now: () => clock, report: (e) => reported.push(e) });
  const callNow = (seen = circuit, context = contextOf()) =>
    breaker.callTool(targetOf('https://a.dev/', { circuit: seen }), call, context);
  const fail =
    (code: HubErrorCode, details = {}, nothingSent = false) =>
    () =>
      Promise.reject(new HubError(code, 'no', { details, nothingSent }));
  const succeed = () => Promise.resolve({ kind: 'complete', result: {} } as const);

  async function failUntilOpen(): Promise<void> {
    outcome = fail('upstream_unreachable');
    for (let count = 0; count < FAILURES_TO_OPEN; count++) {
      await assert.rejects(callNow(), refusedAs('upstream_unreachable'));
    }
  }

  beforeEach(() => {
    clock = 1_000;
    asked = 0;
    circuit = CLOSED;
    outcome = succeed;
    reported.splice(0);
  });

  it('lets calls through while the server answers', async () => {
    await callNow();

    assert.deepEqual([asked, circuit], [1, CLOSED]);
  });

  it('refuses at once after so many failures in a row, and says for how long', async () => {
    await failUntilOpen();

    await assert.rejects(callNow(), (error) => {
      assert.ok(refusedAs('upstream_unavailable')(error));
      assert.equal((error as HubError).retryAfterSeconds, 30);
      return true;
    });
    assert.equal(asked, FAILURES_TO_OPEN);
  });

  it('forgets failures when a call succeeds between them', async () => {
    outcome = fail('upstream_timeout');
    for (let count = 1; count < FAILURES_TO_OPEN; count++) await assert.rejects(callNow());
    outcome = succeed;
    await callNow();

    assert.deepEqual(circuit, CLOSED);
  });

  it('lets exactly one of several callers probe after the pause, and closes when that succeeds', async () => {
    await failUntilOpen();
    clock += 30_000;
    outcome = succeed;
    const seen = circuit;

    const results = await Promise.allSettled([callNow(seen), callNow(seen), callNow(seen)]);

    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(asked, FAILURES_TO_OPEN + 1);
    assert.deepEqual(circuit, CLOSED);
  });

  it('pauses longer each time that a probe fails, up to five minutes', async () => {
    await failUntilOpen();
    const pauses: number[] = [];
    for (let probe = 0; probe < 6; probe++) {
      clock = circuit.openUntil;
      await assert.rejects(callNow(), refusedAs('upstream_unreachable'));
      pauses.push((circuit.openUntil - clock) / 1000);
    }

    assert.deepEqual(pauses, [60, 120, 240, 300, 300, 300]);
  });

  it('gives the turn to the next caller when a probe dies', async () => {
    await failUntilOpen();
    clock = circuit.openUntil;
    outcome = () => new Promise<UpstreamAnswer>(() => undefined);
    void callNow();
    await assert.rejects(callNow(), refusedAs('upstream_unavailable'));

    clock += 30_000;
    outcome = succeed;
    await callNow();

    assert.deepEqual(circuit, CLOSED);
  });

  for (const [what, code, details] of [
    ['its own JSON-RPC error', 'upstream_error', { jsonRpcCode: -32_602 }],
    ['a refused credential', 'upstream_unauthorized', {}],
    ['a limit of its own', 'upstream_rate_limited', {}],
    ['a question that cannot be asked', 'capability_required', {}],
    ['a status that blames the request', 'upstream_error', { httpStatus: 418 }],
  ] as const) {
    it(`does not count a server that answers with ${what}`, async () => {
      circuit = { failures: 3, openUntil: 0 };
      outcome = fail(code, details);

      await assert.rejects(callNow(), refusedAs(code));

      assert.deepEqual(circuit, CLOSED);
    });
  }

  it('counts a status that blames the server', async () => {
    outcome = fail('upstream_error', { httpStatus: 503 });

    await assert.rejects(callNow(), refusedAs('upstream_error'));

    assert.equal(circuit.failures, 1);
  });

  const unsent: readonly (readonly [string, () => Promise<UpstreamAnswer>])[] = [
    [
      'a result that the hub made by itself',
      () => Promise.resolve({ kind: 'complete', result: {}, nothingSent: true }),
    ],
    ['a limit that the hub keeps by itself', fail('upstream_rate_limited', {}, true)],
    ['an address that is never connected to', fail('address_refused')],
    ['a credential of another address', fail('credential_required')],
    ['a tool that is not there', fail('tool_not_found')],
  ];
  for (const [what, unsentOutcome] of unsent) {
    it(`learns nothing of the server from ${what}`, async () => {
      circuit = { failures: 3, openUntil: 0 };
      outcome = unsentOutcome;

      await callNow().catch(() => undefined);

      assert.deepEqual(circuit, { failures: 3, openUntil: 0 });
    });

    it(`gives the turn of a probe back after ${what}`, async () => {
      await failUntilOpen();
      clock = circuit.openUntil;
      const before = circuit;
      outcome = unsentOutcome;
      await callNow().catch(() => undefined);
      assert.deepEqual(circuit, before);

      outcome = succeed;
      await callNow();

      assert.deepEqual(circuit, CLOSED);
    });
  }

  it('learns nothing of a server that never completes', async () => {
    circuit = { failures: 3, openUntil: 0 };
    const silent = { ...upstream, complete: () => Promise.resolve(undefined) };
    const { complete } = createCircuitBreaker({
      upstream: silent,
      circuits,
      now: () => clock,
      report: (e) => reported.push(e),
    });
    const request = { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: 'A' } } as const;

    await complete(targetOf('https://a.dev/', { circuit }), request, contextOf());

    assert.deepEqual([circuit.failures, reported], [3, []]);
  });

  it('does not count a caller that went away', async () => {
    const gone = AbortSignal.abort();
    outcome = fail('upstream_timeout');

    await assert.rejects(callNow(circuit, { ...contextOf(), deadline: { at: clock + 10_000, signal: gone } }));

    assert.deepEqual(circuit, CLOSED);
  });

  it('answers what the server said even when that cannot be noted', async () => {
    const broken = { ...circuits, close: () => Promise.reject(new Error('no table')) };
    const noting = createCircuitBreaker({
      upstream,
      circuits: broken,
      now: () => clock,
      report: (e) => reported.push(e),
    });

    await noting.callTool(targetOf('https://a.dev/', { circuit: { failures: 1, openUntil: 0 } }), call, contextOf());

    assert.equal(reported.length, 1);
  });
});
