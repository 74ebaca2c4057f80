import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { HubError, type HubErrorOptions } from '../../../hub/hub-error.ts';
import type { UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import { FAILURE_MESSAGES } from '../failure-codes.ts';
import { secretValues } from '../request-scope.ts';
import type { Exhaustion } from './rate-windows.ts';

/** What APIs said of their limits, per tenant, server, credential and plan, while it is true. */
export interface ApiLimits {
  /** Refuses a request that the API said that it would refuse. */
  check(target: UpstreamTarget, plan: Plan): void;
  note(target: UpstreamTarget, plan: Plan, exhausted: Exhaustion): void;
}

/** Undefined where the API has but one for a credential. */
type Plan = string | undefined;

const MAX_KNOWN = 1_000;

/** So long an API is believed: a quota may be raised before its month ends. */
const MAX_BELIEVED_MS = 60_000;

interface Known {
  readonly isQuota: boolean;
  readonly until: number;
}

/**
 * Lives as long as the execution environment. The clock is the wall's, because a frozen environment has no other that
 * moves.
 */
export function createApiLimits({ now }: { readonly now: () => number }): ApiLimits {
  const known = new LRUCache<string, Known>({ max: MAX_KNOWN, ttlResolution: 0, perf: { now } });
  return {
    check(target, plan) {
      const limit = known.get(keyOf(target, plan));
      if (limit === undefined) return;
      throw limitError(limit.isQuota, Math.ceil((limit.until - now()) / 1000), { nothingSent: true });
    },
    note(target, plan, { resetSeconds, isQuota }) {
      const ms = resetSeconds * 1000;
      known.set(keyOf(target, plan), { isQuota, until: now() + ms }, { ttl: Math.min(ms, MAX_BELIEVED_MS) });
    },
  };
}

/** A limit of the API, whoever counted; `seconds` until it lets requests through again, where that is known. */
export function limitError(
  isQuota: boolean,
  seconds: number | undefined,
  options: Pick<HubErrorOptions, 'nothingSent'> = {},
): HubError {
  return new HubError('upstream_rate_limited', isQuota ? QUOTA_USED_UP : FAILURE_MESSAGES.upstream_rate_limited, {
    ...options,
    details: { exhausted: isQuota ? 'quota' : 'rate' },
    ...(seconds !== undefined && { retryAfterSeconds: seconds }),
  });
}

const QUOTA_USED_UP =
  'the quota of the stored credential is used up; raise it at its provider, provide another credential, or wait';

/** Another credential has limits of its own; the key does not tell which it is. */
function keyOf(target: UpstreamTarget, plan: Plan): string {
  const credential = createHash('sha256')
    .update(JSON.stringify(secretValues(target)))
    .digest('base64url');
  return JSON.stringify([target.tenantId, target.serverId, credential, plan ?? null]);
}
