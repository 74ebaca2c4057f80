import { presentServer } from '../servers/present-server.ts';
import type { Server } from '../servers/server.ts';
import type { ServerCatalog } from './catalog.ts';
import { presentCatalog } from './present-catalog.ts';

/** A server with what was found on it, as answers show it; `catalog` is null while nothing is known. */
export function presentRegistered(server: Server, catalog: ServerCatalog | undefined): Record<string, unknown> {
  return { ...presentServer(server), catalog: catalog === undefined ? null : presentCatalog(catalog) };
}
