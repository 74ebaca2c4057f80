import type { CatalogHead } from '../catalog/catalog.ts';
import { HubError } from '../hub-error.ts';
import type { Server } from '../servers/server.ts';
import type { Circuit } from '../upstreams/circuit.ts';
import type { ServerSubject } from './call-reader.ts';

/** A server that may be asked for what it offers. */
export interface CallableServer {
  readonly server: Server;
  readonly head: CatalogHead;
  readonly circuit: Circuit;
}

/** Refuses a server that is not there, disabled or not known yet. What was asked for is then not found either. */
export function callableServer({ server, head, circuit }: ServerSubject, notFound: () => HubError): CallableServer {
  if (server === undefined) throw notFound();
  const { slug, enabled } = server;
  if (!enabled) throw new HubError('server_disabled', `the server "${slug}" is disabled`);
  if (server.system?.credentialOf === 'nobody') throw needsCredentials(slug);
  if (head === undefined) throw serverNotSynced(slug);
  return { server, head, circuit };
}

export function needsCredentials(slug: string): HubError {
  return new HubError(
    'needs_credentials',
    `"${slug}" has no credential that fits; see GET /v1/servers/${slug} for who can set one, and how`,
  );
}

export function serverNotSynced(slug: string): HubError {
  return new HubError('server_not_synced', `what "${slug}" offers is not known; POST /v1/servers/${slug}/sync`);
}
