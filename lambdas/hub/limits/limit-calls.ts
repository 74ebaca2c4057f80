import { HubError } from '../hub-error.ts';
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
  /** Is told when a call could not be given back, which the caller need not know. */
  readonly report: (error: unknown) => void;
}

/** Both limits of a call, taken before it is known what the server's limit is now. */
export interface TakenCall {
  /**
   * Refuses the call with `HubError('rate_limited')` when it may not be made, by the server's limit as it is now;
   * undefined where there is no such server. What is refused by one limit takes nothing from the other.
   */
  confirm(server: Server | undefined): Promise<ConfirmedCall>;
}

/** A call that may be made. */
export interface ConfirmedCall {
  /** What is known of how the server's last calls went. */
  readonly circuit: Circuit;
  /** For who does not make the call after all, and only once. Never fails. */
  readonly giveBack: () => Promise<void>;
}

const TENANT: LimitSubject = { kind: 'tenant' };

/**
 * Takes a call from the limits of a tenant and of one of its servers. The store remembers the limits, so this can go on
 * beside the reads that tell them; only a limit that has changed, or was never used, costs another step.
 */
export function createLimitCalls({ limiter, tenantPerMinute, report }: LimitCallsDependencies) {
  return async (tenantId: TenantId, slug: string): Promise<TakenCall> => {
    const server: LimitSubject = { kind: 'server', slug };
    const [ofTenant, ofServer] = await Promise.all([limiter.spend(tenantId, TENANT), limiter.spend(tenantId, server)]);
    return {
      confirm: async (found) => {
        const taken: Taken[] = [{ subject: TENANT, spent: ofTenant, perMinute: tenantPerMinute }];
        if (found !== undefined) taken.push({ subject: server, spent: ofServer, perMinute: found.rateLimitPerMinute });
        const settled = await Promise.all(taken.map((each) => settleLimit(limiter, tenantId, each)));
        const giveBack = async () => {
          const given = taken.map(async ({ subject }, index) => {
            const unit = settled[index];
            if (unit === undefined || unit instanceof HubError) return;
            await limiter.giveBack(tenantId, subject, unit).catch(report);
          });
          await Promise.all(given);
        };
        const refusal = longestOf(settled.filter((each) => each instanceof HubError));
        if (refusal === undefined)
          return { circuit: found === undefined ? CLOSED : circuitOf(found, ofServer), giveBack };
        await giveBack();
        throw refusal;
      },
    };
  };
}

/** Who comes back when one limit allows it is not to be refused by the other. */
function longestOf(refusals: readonly HubError[]): HubError | undefined {
  return refusals.toSorted((a, b) => (b.retryAfterSeconds ?? 0) - (a.retryAfterSeconds ?? 0))[0];
}

/** What another connection did, or another server of this name, says nothing of this one. */
function circuitOf(server: Server, spent: Spending): Circuit {
  const known = spent.state === 'allowed' ? spent.circuit : undefined;
  return known?.connection === connectionOf(server) ? known : CLOSED;
}
