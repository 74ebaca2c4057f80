/**
 * Where a redirect leads, if that is the same API: GitHub sends those who ask for a renamed repository to its id. Anywhere
 * else would get a credential that was given for this API.
 */
export function withinApi(base: URL, location: string): URL | undefined {
  const to = URL.parse(location, base);
  if (to === null || to.origin !== base.origin) return undefined;
  return to.pathname.startsWith(`${base.pathname.replace(/\/$/, '')}/`) ? to : undefined;
}
