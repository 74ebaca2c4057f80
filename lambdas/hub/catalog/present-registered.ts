import { presentServer } from '../servers/present-server.ts';
import type { Server } from '../servers/server.ts';
import { systemServerOf } from '../system/system-servers.ts';
import type { ServerCatalog } from './catalog.ts';
import { presentCatalog } from './present-catalog.ts';
import type { RegisteredServer } from './register-server.ts';

/** A server with what was found on it, as answers show it; `catalog` is null while nothing is known. */
export function presentRegistered(server: Server, catalog: ServerCatalog | undefined): Record<string, unknown> {
  return {
    ...presentServer(server),
    ...credentialFacts(server),
    catalog: catalog === undefined ? null : presentCatalog(catalog),
  };
}

/** Who can give a system server its credential, and where to get one. */
function credentialFacts({ slug, system }: Server): Record<string, unknown> {
  const known = system === undefined ? undefined : systemServerOf(slug);
  if (known === undefined) return {};
  const { tenantCredential, credentialHelp } = known;
  return {
    setCredentialWith: [
      ...(tenantCredential ? [`PUT /v1/servers/${slug}/credential`] : []),
      `PUT /v1/admin/servers/${slug}`,
    ],
    credentialHelp,
  };
}

/** A server after a change. One that was not asked anything is shown without a catalog: nothing was found out. */
export function presentChanged({ server, found }: RegisteredServer): Record<string, unknown> {
  return found === undefined ? presentServer(server) : presentRegistered(server, found.catalog);
}
