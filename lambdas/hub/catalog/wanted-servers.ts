import type { Server } from '../servers/server.ts';

/**
 * The servers whose offers a list shows: the enabled ones, or the one that was asked for. A server that nobody gave a
 * credential is passed over unless somebody asks for it: it is not the tenant's fault, and nothing of it can be used.
 */
export function wantedServers(servers: readonly Server[], slug: string | undefined): readonly Server[] {
  return servers.filter((server) => server.enabled && (slug === undefined ? isUsable(server) : slug === server.slug));
}

/** Whether it could be called. */
export function isUsable({ system }: Server): boolean {
  return system?.credentialOf !== 'nobody';
}
