import { presentServer } from '../servers/present-server.ts';
import type { Server } from '../servers/server.ts';
import type { ServerCatalog } from './catalog.ts';
import { presentCatalog } from './present-catalog.ts';
import type { RegisteredServer } from './register-server.ts';

/** A server with what was found on it, as answers show it; `catalog` is null while nothing is known. */
export function presentRegistered(server: Server, catalog: ServerCatalog | undefined): Record<string, unknown> {
  return {
    ...presentServer(server),
    catalog: catalog === undefined ? null : presentCatalog(catalog),
  };
}

/** A server after a change. One that was not asked anything is shown without a catalog: nothing was found out. */
export function presentChanged({ server, found }: RegisteredServer): Record<string, unknown> {
  return found === undefined ? presentServer(server) : presentRegistered(server, found.catalog);
}
