import type { TenantId } from '../principal.ts';
import { serverNotFound } from '../servers/server-refusals.ts';
import type { CallReader } from './call-reader.ts';
import { type CallableServer, callableServer } from './callable-server.ts';

/** Finds a server by its slug, and refuses one that may not be spoken to. One read. */
export function createFindServer({ calls }: { readonly calls: Pick<CallReader, 'readServer'> }) {
  return async (tenantId: TenantId, slug: string): Promise<CallableServer> =>
    callableServer(await calls.readServer(tenantId, slug), () => serverNotFound(slug));
}
