import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { CallReader } from './call-reader.ts';
import { type CallableServer, callableServer } from './callable-server.ts';

/** Finds the server that a resource is asked of, and refuses one that may not be spoken to. One read. */
export function createFindServer({ calls }: { readonly calls: Pick<CallReader, 'readServer'> }) {
  return async (tenantId: TenantId, slug: string): Promise<CallableServer> =>
    callableServer(await calls.readServer(tenantId, slug), () => noSuchServer(slug));
}

/** Who asks for a resource learns that there is none. */
function noSuchServer(slug: string): HubError {
  return new HubError(
    'resource_not_found',
    `there is no server "${slug}" to have it; list the resources to see which there are`,
  );
}
