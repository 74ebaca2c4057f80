import type { TenantId } from '../principal.ts';
import type { Circuit } from '../upstreams/circuit.ts';

/** What is limited: everything that a tenant calls, what it calls of one server, or the jobs that it submits. */
export type LimitSubject =
  { readonly kind: 'tenant' } | { readonly kind: 'server'; readonly slug: string } | { readonly kind: 'jobs' };

export interface KnownCircuit extends Circuit {
  readonly connection: string;
}

/** One call that was taken, as it stands in the line of calls: what it takes to give it back. Times are the store's own. */
export interface TakenUnit {
  readonly interval: number;
  /** Where the line ended with it. */
  readonly end: number;
  /** When the line began. */
  readonly startedAt: number;
  /** Where the line counted from, and how much had been given back of it until then. */
  readonly countsFrom: number;
  readonly givenBack: number;
}

/** How one attempt to take a call ended. */
export type Spending =
  | {
      readonly state: 'allowed';
      readonly perMinute: number;
      readonly unit: TakenUnit;
      /** What the same item tells of the server, and of which connection to it. */
      readonly circuit: KnownCircuit | undefined;
    }
  | { readonly state: 'refused'; readonly perMinute: number; readonly retryAfterMs: number }
  /** Nothing was ever taken here, so that no limit is remembered; and nothing was taken now. */
  | { readonly state: 'unknown' };

/**
 * Counts calls by the generic cell rate algorithm: a burst of a whole minute's calls, which come back one by one. Exact,
 * however many callers there are. `HubError('unavailable')` when it cannot count, for then nobody may call.
 */
export interface RateLimiter {
  /** Takes one call by the limit that is remembered, so that it needs to know nothing but the subject. */
  spend(tenantId: TenantId, subject: LimitSubject): Promise<Spending>;
  /**
   * Takes a call back that is not made after all, once at most. Of a line that has moved on, no more than the call still
   * takes of it: what others took meanwhile stays taken.
   */
  giveBack(tenantId: TenantId, subject: LimitSubject, unit: TakenUnit): Promise<void>;
  /** Sets the limit by which calls are taken from now on. What was taken already stays taken. */
  remember(tenantId: TenantId, subject: LimitSubject, perMinute: number): Promise<void>;
}
