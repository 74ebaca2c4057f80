import { HubError } from '../hub-error.ts';
import { serverNotFound } from '../servers/server-refusals.ts';
import type { SystemServer } from './system-server.ts';
import { loadSystemServer, SYSTEM_SLUGS } from './system-servers.ts';

/** The system server of a slug out of a path; `HubError('server_not_found')` for any other. */
export async function requireSystemServer(slug: string): Promise<SystemServer> {
  const server = await loadSystemServer(slug);
  if (server !== undefined) return server;
  throw new HubError(
    'server_not_found',
    `there is no system server "${slug.slice(0, 64)}"; there are ${SYSTEM_SLUGS.join(', ')}`,
  );
}

/** For what only servers can do that the tenant registered. */
export function isSystemServer({ slug, tenantCredential }: SystemServer): HubError {
  const credential = `set its own credential for it with PUT /v1/servers/${slug}/credential, and `;
  return new HubError(
    'slug_reserved',
    `"${slug}" is a server of the deployment and cannot be changed here; a tenant can ` +
      `${tenantCredential ? credential : ''}disable its tools with PUT /v1/permissions`,
  );
}

/** Of a name that the tenant gave a server of its own before the deployment had one. */
export function isRegistered(slug: string): HubError {
  return new HubError(
    'slug_taken',
    `"${slug}" is a server that your tenant registered; change its credential with PATCH /v1/servers/${slug}`,
  );
}

/** What is asked of a system server that takes credentials from admins only, or of a server that is none. */
export async function requireOwnCredential(slug: string): Promise<SystemServer> {
  const server = await loadSystemServer(slug);
  if (server === undefined) throw serverNotFound(slug);
  if (server.tenantCredential) return server;
  throw new HubError('invalid_request', `"${slug}" takes its credential from who runs the hub, not from tenants`);
}
