import type { CallReader } from '../hub/calls/call-reader.ts';
import { needsCredentials, serverNotSynced } from '../hub/calls/callable-server.ts';
import { HubError } from '../hub/hub-error.ts';
import type { TenantId } from '../hub/principal.ts';
import type { CatalogHead } from '../hub/catalog/catalog.ts';
import type { Server } from '../hub/servers/server.ts';
import { serverNotFound } from '../hub/servers/server-refusals.ts';
import type { Names } from './names.ts';

export interface ShownServer {
  /** The server that an endpoint shows. `HubError` when there is none or it is disabled. */
  read(tenantId: TenantId, slug: string): Promise<{ readonly server: Server; readonly head: CatalogHead | undefined }>;
  /** For an endpoint that found nothing to show: says why, where there is a reason. */
  mustExist(tenantId: TenantId, names: Names): Promise<void>;
}

export function createShownServer(reader: Pick<CallReader, 'readServer'>): ShownServer {
  const shown: ShownServer = {
    async read(tenantId, slug) {
      const { server, head } = await reader.readServer(tenantId, slug);
      if (server === undefined) throw serverNotFound(slug);
      if (!server.enabled) throw new HubError('server_disabled', `the server "${slug}" is disabled`);
      return { server, head };
    },
    async mustExist(tenantId, { server: slug }) {
      if (slug === undefined) return;
      const { server, head } = await shown.read(tenantId, slug);
      if (server.system?.credentialOf === 'nobody') throw needsCredentials(slug);
      if (head !== undefined) return;
      throw serverNotSynced(slug);
    },
  };
  return shown;
}
