import type { Server } from '../servers/server.ts';

/** An enabled server of whose offers a list knows nothing, and why. */
export interface MissingServer {
  readonly server: string;
  readonly reason: string;
}

/** Those of the servers that a list was to show and of which nothing is known. */
export function missingServers(wanted: readonly Server[], isKnown: (serverId: string) => boolean): MissingServer[] {
  return wanted
    .filter(({ serverId }) => !isKnown(serverId))
    .map(({ slug, lastSync }) => ({
      server: slug,
      reason: lastSync.state === 'failed' ? lastSync.code : 'server_not_synced',
    }));
}
