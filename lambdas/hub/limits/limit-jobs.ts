import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { LimitSubject, RateLimiter } from './rate-limiter.ts';
import { settleLimit } from './settle-limit.ts';

export interface LimitJobsDependencies {
  readonly limiter: RateLimiter;
  /** Jobs per minute that each tenant may submit. */
  readonly perMinute: number;
}

const JOBS: LimitSubject = { kind: 'jobs' };

/**
 * Takes a job from what a tenant may submit, so that none fills the table and the queue of all. Answers the refusal, for a
 * request whose job is there already is answered all the same.
 */
export function createLimitJobs({ limiter, perMinute }: LimitJobsDependencies) {
  return async (tenantId: TenantId): Promise<HubError | undefined> => {
    const spent = await limiter.spend(tenantId, JOBS);
    const settled = await settleLimit(limiter, tenantId, { subject: JOBS, spent, perMinute });
    return settled instanceof HubError ? settled : undefined;
  };
}
