import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import { type ExpectedVersion, requireExpected } from '../servers/expected-version.ts';
import type { Server } from '../servers/server.ts';
import { serverNotFound } from '../servers/server-refusals.ts';
import type { ServerStore } from '../servers/server-store.ts';
import type { CatalogStore } from './catalog-store.ts';

export interface RemoveServerDependencies {
  readonly servers: ServerStore;
  readonly catalog: CatalogStore;
}

/** The registry decides: once the row is gone nothing of the server is reachable, whatever is left of its catalog. */
export function createRemoveServer({ servers, catalog }: RemoveServerDependencies) {
  return async (tenantId: TenantId, slug: string, expected: ExpectedVersion | undefined): Promise<void> => {
    const server = await servers.get(tenantId, slug);
    if (server === undefined) throw serverNotFound(slug);
    requireExpected(server, expected);
    await servers.delete(server);
    await forgetCatalog(server);
  };

  /** The server is gone by now, so a failure here is none of the caller's: what is left expires. */
  async function forgetCatalog(server: Server): Promise<void> {
    try {
      await catalog.remove(server);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
    }
  }
}
