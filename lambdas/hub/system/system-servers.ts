import type { SystemServer } from './system-server.ts';

/** The system servers, in the order in which they are listed. One more is one file and one line here. */
export const SYSTEM_SERVERS: readonly SystemServer[] = [];

export function systemServerOf(slug: string): SystemServer | undefined {
  return SYSTEM_SERVERS.find((server) => server.slug === slug);
}
