import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { LimitSubject, RateLimiter, Spending, TakenUnit } from './rate-limiter.ts';

/** What was taken of a limit, beside the reading of what the limit is now. */
export interface Taken {
  readonly subject: LimitSubject;
  readonly spent: Spending;
  readonly perMinute: number;
}

/** What was taken, or `HubError('rate_limited')` when nothing may be taken of the limit as it is now. */
export async function settleLimit(
  limiter: RateLimiter,
  tenantId: TenantId,
  taken: Taken,
): Promise<TakenUnit | HubError> {
  const spent = await byCurrentLimit(limiter, tenantId, taken);
  if (spent.state === 'allowed') return spent.unit;
  if (spent.state === 'unknown') throw new Error('a limit that was just set is known');
  const { subject, perMinute } = taken;
  const seconds = Math.max(1, Math.ceil(spent.retryAfterMs / 1000));
  return new HubError('rate_limited', `${allowance(subject, perMinute)} a minute; try again in ${seconds} s`, {
    retryAfterSeconds: seconds,
    details: { limit: { name: subject.kind, perMinute } },
  });
}

function allowance(subject: LimitSubject, perMinute: number): string {
  switch (subject.kind) {
    case 'tenant':
      return `your tenant may be called ${perMinute} times`;
    case 'server':
      return `the server "${subject.slug}" may be called ${perMinute} times`;
    case 'jobs':
      return `your tenant may submit ${perMinute} jobs`;
  }
}

/** What an older limit allowed is done: it was taken before anybody could know better. */
async function byCurrentLimit(
  limiter: RateLimiter,
  tenantId: TenantId,
  { subject, spent, perMinute }: Taken,
): Promise<Spending> {
  if (spent.state !== 'unknown' && spent.perMinute === perMinute) return spent;
  await limiter.remember(tenantId, subject, perMinute);
  return spent.state === 'allowed' ? spent : limiter.spend(tenantId, subject);
}
