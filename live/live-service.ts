import type { z } from 'zod';
import type { Egress } from '../lambdas/adapters/egress/egress.ts';
import type { JsonObject } from '../lambdas/hub/json.ts';
import type { SystemServer } from '../lambdas/hub/system/system-server.ts';
import type { Discoverer, Upstream } from '../lambdas/hub/upstreams/upstream.ts';

export interface LiveDeps {
  readonly egress: Egress;
  readonly hubId: string;
  readonly now: () => number;
}

/** A call that changes nothing, and what has to hold of what comes back, by the words that say so. */
export interface LiveCall {
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly facts: Readonly<Record<string, z.ZodType>>;
}

export interface Fact {
  readonly words: string;
  readonly holds: boolean;
}

/** A system server that somebody with a credential can check. */
export interface LiveService {
  readonly server: SystemServer;
  /** Environment variable with the credential. */
  readonly variable: string;
  /** The adapter, as the functions wire it. One that discovers is asked too whether the tools are those of the code. */
  connect(deps: LiveDeps): Upstream & Partial<Discoverer>;
  readonly calls: readonly LiveCall[];
}
