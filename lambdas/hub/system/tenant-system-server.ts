import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import { addressOf, originOf } from './system-address.ts';
import type { SystemRows } from './system-rows.ts';
import type { SystemServer } from './system-server.ts';

/** Nothing was decided, and nobody brought a credential. */
export const NO_ROWS: SystemRows = { state: undefined, own: undefined };

/** The id that a system server has for every tenant. No registered server has it: those are UUIDs. */
export function systemServerId(slug: string): string {
  return `system-${slug}`;
}

/** What a tenant sees changes with two rows, so it is another thing than the deployment's, with versions of its own. */
export function tenantViewId(slug: string): string {
  return `tenant-${systemServerId(slug)}`;
}

/** A system server as one tenant finds it: what the code says, what an admin decided, and the tenant's own credential. */
export function tenantSystemServer(tenantId: TenantId, known: SystemServer, { state, own }: SystemRows): Server {
  const address = addressOf(known, state);
  const isStale = own?.origin !== undefined && own.origin !== originOf(address);
  // Never the deployment's instead: a tenant that brought its own does not act as somebody else unasked.
  const sealedSecret = own === undefined ? state?.sealedSecret : isStale ? undefined : own.sealedSecret;
  return {
    tenantId,
    serverId: systemServerId(known.slug),
    slug: known.slug,
    name: known.name,
    adapter: known.adapter,
    // Where the deployment's browsers are is nothing for tenants.
    url: known.credential.type === 'endpoint' ? '' : (address ?? ''),
    transport: 'streamable-http',
    headerNames: [],
    credentialType: sealedSecret === undefined ? 'none' : known.credential.type,
    credentialHeader: known.credential.type === 'header' ? known.credential.name : undefined,
    sealedSecret,
    rateLimitPerMinute: state?.rateLimitPerMinute ?? known.rateLimitPerMinute,
    enabled: state?.enabled ?? true,
    trustDefinitions: true,
    system: {
      credentialOf: sealedSecret === undefined ? 'nobody' : own === undefined ? 'deployment' : 'tenant',
      tenantCredential: known.tenantCredential,
      credentialHelp: isStale ? sendAgain(known) : known.credentialHelp,
    },
    // The two rows count apart: an even number of one must never be an odd number of the other.
    revision: own ? 2 * own.version + 1 : 2 * (state?.version ?? 0),
    version: (state?.version ?? 0) + (own?.version ?? 0) + 1,
    lastSync: { state: 'never' },
    createdAt: 0,
    updatedAt: Math.max(state?.updatedAt ?? 0, own?.updatedAt ?? 0),
  };
}

function sendAgain({ slug, credentialHelp }: SystemServer): string {
  const route = `/v1/servers/${slug}/credential`;
  return (
    `The server has moved since your tenant's own credential was given: send one for its new address with PUT ${route}, ` +
    `or DELETE ${route} to use the deployment's, if there is one. ${credentialHelp}`
  );
}
