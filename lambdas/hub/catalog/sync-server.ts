import { HubError } from '../hub-error.ts';
import { CLOSED } from '../upstreams/circuit.ts';
import type { TenantId } from '../principal.ts';
import { type ExpectedVersion, requireExpected } from '../servers/expected-version.ts';
import type { SecretBox } from '../servers/secret-box.ts';
import type { LastSync } from '../servers/server.ts';
import { serverNotFound } from '../servers/server-refusals.ts';
import { openServerSecret } from '../servers/server-secret.ts';
import type { ServerStore } from '../servers/server-store.ts';
import type { Discoverer, UpstreamContext } from '../upstreams/upstream.ts';
import type { StoreDiscovery, SyncedServer } from './store-discovery.ts';

export interface SyncServerDependencies {
  readonly servers: ServerStore;
  readonly box: SecretBox;
  readonly upstream: Discoverer;
  readonly storeDiscovery: StoreDiscovery;
  readonly now: () => number;
}

export type SyncServer = ReturnType<typeof createSyncServer>;

/** What is worth noting on a server: not that another sync was faster, nor that the hub's own data was out of reach. */
const SAYS_SOMETHING_OF_THE_SERVER = /^(upstream_|address_refused$|credential_required$|catalog_too_large$)/;

/** Whether a failed sync was noted on its server. */
export function isNoted(error: HubError): boolean {
  return SAYS_SOMETHING_OF_THE_SERVER.test(error.code);
}

/** Asks a registered server again what it offers. The catalog it had stays when the server does not answer. */
export function createSyncServer({ servers, box, upstream, storeDiscovery, now }: SyncServerDependencies) {
  return async (
    tenantId: TenantId,
    slug: string,
    expected: ExpectedVersion | undefined,
    context: UpstreamContext,
  ): Promise<SyncedServer> => {
    const server = await servers.get(tenantId, slug);
    if (server === undefined) throw serverNotFound(slug);
    requireExpected(server, expected);
    if (!server.enabled) {
      throw new HubError('server_disabled', `the server "${slug}" is disabled; enable it before you sync it`);
    }
    const secret = await openServerSecret(box, server, server.sealedSecret);
    try {
      const discovery = await upstream.discover({ ...server, secret, negotiated: undefined, circuit: CLOSED }, context);
      return await storeDiscovery({ kind: 'sync', server }, discovery);
    } catch (error) {
      if (error instanceof HubError && isNoted(error)) {
        const failures = failuresOf(server.lastSync) + 1;
        await servers.recordSync(server, { state: 'failed', at: now(), code: error.code, failures });
      }
      throw error;
    }
  };
}

function failuresOf(lastSync: LastSync): number {
  return lastSync.state === 'failed' ? lastSync.failures : 0;
}
