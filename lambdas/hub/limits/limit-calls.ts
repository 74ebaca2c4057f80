import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import { type Circuit, CLOSED } from '../upstreams/circuit.ts';
import { connectionOf } from './circuit.ts';
import type { LimitSubject, RateLimiter, Spending } from './rate-limiter.ts';
import { settleLimit, type Taken } from './settle-limit.ts';

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
        const refusals = await Promise.all(taken.map((each) => settleLimit(limiter, tenantId, each)));
        for (const refusal of refusals) if (refusal !== undefined) throw refusal;
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
