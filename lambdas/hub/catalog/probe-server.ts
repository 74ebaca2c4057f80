import { HubError } from '../hub-error.ts';
import { CLOSED } from '../upstreams/circuit.ts';
import type { Secret } from '../secret.ts';
import type { LastSync, Server } from '../servers/server.ts';
import type { Discoverer, Discovery, UpstreamContext, UpstreamSecret } from '../upstreams/upstream.ts';

/** What a server answered, or how it failed. */
export type Probe = { readonly discovery: Discovery } | { readonly failure: LastSync };

export interface ProbeOptions {
  /** Take a server that does not answer, to sync it later. Never holds for an address that the hub refuses. */
  readonly force: boolean;
}

export interface ProbeServerDependencies {
  readonly upstream: Discoverer;
  readonly now: () => number;
}

export type ProbeServer = ReturnType<typeof createProbeServer>;

/** Asks a server what it offers before anything about it is stored. */
export function createProbeServer({ upstream, now }: ProbeServerDependencies) {
  return async (
    server: Server,
    secret: Secret<UpstreamSecret> | undefined,
    options: ProbeOptions,
    context: UpstreamContext,
  ): Promise<Probe> => {
    try {
      return {
        discovery: await upstream.discover({ ...server, secret, negotiated: undefined, circuit: CLOSED }, context),
      };
    } catch (error) {
      if (options.force && error instanceof HubError && error.code.startsWith('upstream_')) {
        return { failure: { state: 'failed', at: now(), code: error.code, failures: 1 } };
      }
      throw error;
    }
  };
}
