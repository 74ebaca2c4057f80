import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createEgress, type Egress, type EgressDeps } from '../../lambdas/adapters/egress/egress.ts';
import { EgressError, type EgressErrorCode } from '../../lambdas/adapters/egress/egress-error.ts';
import type { EgressScope } from '../../lambdas/adapters/egress/guarded-fetch.ts';
import type { EgressPolicy } from '../../lambdas/adapters/egress/parse-upstream-url.ts';

/** As deployed: nothing but public names, by https. */
export const publicOnly: EgressPolicy = {
  allowLoopback: false,
  ports: [443],
  ownOrigins: ['https://hub.acme.dev', 'https://a1b2.execute-api.eu-west-1.amazonaws.com'],
};

/** As in the local stage. */
export const withLoopback: EgressPolicy = { ...publicOnly, allowLoopback: true };

export function egressFor(t: TestContext, policy: EgressPolicy = withLoopback, deps: EgressDeps = {}): Egress {
  const egress = createEgress(policy, deps);
  t.after(() => egress.close());
  return egress;
}

export function scopeOf(settings: Partial<EgressScope> = {}): EgressScope {
  return { partition: 'acme', maxResponseBytes: 1_000_000, signal: AbortSignal.timeout(10_000), ...settings };
}

/** For `assert.throws` and `assert.rejects`: an `EgressError` of this code, and nothing in it but its fixed message. */
export function egressError(code: EgressErrorCode | (string & {})): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof EgressError, `expected an EgressError, got ${String(error)}`);
    assert.equal(error.code, code);
    assert.equal(error.cause, undefined);
    return true;
  };
}
