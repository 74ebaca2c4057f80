import type { ServerStore } from '../servers/server-store.ts';
import { isSystemServer } from './system-refusals.ts';
import { loadSystemServer } from './system-servers.ts';

/** The servers that a tenant registered. Who looks for a system server among them is told what it is. */
export function createRegisteredOnly(servers: ServerStore): ServerStore {
  return {
    ...servers,
    async get(tenantId, slug) {
      const server = await servers.get(tenantId, slug);
      if (server !== undefined) return server;
      const known = await loadSystemServer(slug);
      if (known !== undefined) throw isSystemServer(known);
      return undefined;
    },
  };
}
