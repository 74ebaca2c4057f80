import type { Server } from '../servers/server.ts';
import { isUsable } from './wanted-servers.ts';

/** An enabled server of whose offers a list knows nothing, and why. */
export interface MissingServer {
  readonly server: string;
  readonly reason: string;
}

/** Those of the servers that a list was to show and of which nothing is known or nothing can be used. */
export function missingServers(wanted: readonly Server[], isKnown: (serverId: string) => boolean): MissingServer[] {
  return wanted
    .filter((server) => !isUsable(server) || !isKnown(server.serverId))
    .map((server) => ({ server: server.slug, reason: reasonOf(server) }));
}

function reasonOf(server: Server): string {
  if (!isUsable(server)) return 'needs_credentials';
  return server.lastSync.state === 'failed' ? server.lastSync.code : 'server_not_synced';
}
