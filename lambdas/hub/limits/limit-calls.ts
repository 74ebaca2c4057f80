import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import { type Circuit, CLOSED } from '../upstreams/circuit.ts';
import { connectionOf } from './circuit.ts';
import type { LimitSubject, RateLimiter, Spending } from './rate-limiter.ts';

export interface LimitCallsDependencies {
  readonly limiter: RateLimiter;
  /** Calls per minute of each tenant, over all its servers. */
  readonly tenantPerMinute: number;
}

/** Both limits of a call, taken before it is known what the server's limit is now. */
export interface TakenCall {
  /**
   * Refuses the call with `HubError('rate_limited')` when it may not be made, by the server's limit as it is now;
   * undefined where there is no such server. Answers what is known of how the server's last calls went.
   */
  confirm(server: Server | undefined): Promise<Circuit>;
}

const TENANT: LimitSubject = { kind: 'tenant' };

/**
 * Takes a call from the limits of a tenant and of one of its servers. The store remembers the limits, so this can go on
 * beside the reads that tell them; only a limit that has changed, or was never used, costs another step.
 */
export function createLimitCalls({ limiter, tenantPerMinute }: LimitCallsDependencies) {
  return async (tenantId: TenantId, slug: string): Promise<TakenCall> => {
    const server: LimitSubject = { kind: 'server', slug };
    const [ofTenant, ofServer] = await Promise.all([limiter.spend(tenantId, TENANT), limiter.spend(tenantId, server)]);
    return {
      confirm: async (found) => {
        const taken: Taken[] = [{ subject: TENANT, spent: ofTenant, perMinute: tenantPerMinute }];
        if (found !== undefined) taken.push({ subject: server, spent: ofServer, perMinute: found.rateLimitPerMinute });
        await Promise.all(taken.map((each) => settle(limiter, tenantId, each)));
        return found === undefined ? CLOSED : circuitOf(found, ofServer);
      },
    };
  };
}

/** What another connection did, or another server of this name, says nothing of this one. */
function circuitOf(server: Server, spent: Spending): Circuit {
  const known = spent.state === 'allowed' ? spent.circuit : undefined;
  return known?.connection === connectionOf(server) ? known : CLOSED;
}

interface Taken {
  readonly subject: LimitSubject;
  readonly spent: Spending;
  readonly perMinute: number;
}

async function settle(limiter: RateLimiter, tenantId: TenantId, taken: Taken): Promise<void> {
  const spent = await byCurrentLimit(limiter, tenantId, taken);
  if (spent.state === 'allowed') return;
  if (spent.state === 'unknown') throw new Error('a limit that was just set is known');
  const { subject, perMinute } = taken;
  const seconds = Math.max(1, Math.ceil(spent.retryAfterMs / 1000));
  const whose = subject.kind === 'tenant' ? 'your tenant' : `the server "${subject.slug}"`;
  throw new HubError('rate_limited', `${whose} may be called ${perMinute} times a minute; try again in ${seconds} s`, {
    retryAfterSeconds: seconds,
    details: { limit: { name: subject.kind, perMinute } },
  });
}

/** A call that an older limit allowed is made: it was taken before anybody could know better. */
async function byCurrentLimit(
  limiter: RateLimiter,
  tenantId: TenantId,
  { subject, spent, perMinute }: Taken,
): Promise<Spending> {
  if (spent.state !== 'unknown' && spent.perMinute === perMinute) return spent;
  await limiter.remember(tenantId, subject, perMinute);
  return spent.state === 'allowed' ? spent : limiter.spend(tenantId, subject);
}
