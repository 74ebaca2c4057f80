import type { SystemServer } from './system-server.ts';

/**
 * The system servers, in the order in which they are listed. One more is one file and one line here. What a server is made
 * of is loaded when it is first asked for: most requests are about none of them.
 */
const LOADERS: Readonly<Record<string, () => Promise<SystemServer>>> = {
  brave: async () => (await import('./brave.ts')).BRAVE,
  github: async () => (await import('./github.ts')).GITHUB,
  maps: async () => (await import('./maps.ts')).MAPS,
  playwright: async () => (await import('./playwright.ts')).PLAYWRIGHT,
};

export const SYSTEM_SLUGS: readonly string[] = Object.keys(LOADERS);

export function isSystemSlug(slug: string): boolean {
  return Object.hasOwn(LOADERS, slug);
}

/** Undefined for a slug that no system server has. */
export async function loadSystemServer(slug: string): Promise<SystemServer | undefined> {
  return isSystemSlug(slug) ? LOADERS[slug]?.() : undefined;
}

export async function loadSystemServers(): Promise<readonly SystemServer[]> {
  return Promise.all(Object.values(LOADERS).map((load) => load()));
}
