import type { BrowserContext, Request } from 'playwright-core';
import { frameOf, isTopNavigation } from './place-of-request.ts';

/**
 * The cookies that go along with a request. The browser keeps them, but adds them only to what it sends itself; so what it
 * decides of `SameSite` is decided here, stricter: another site's request takes none, those for all sites included, unless
 * it opens a page. Whether it was to have credentials at all (`fetch` with `credentials`) is not told to anybody.
 */
export async function cookiesFor(
  context: BrowserContext,
  request: Request,
  isSameSite: boolean,
): Promise<string | undefined> {
  const opensPage = request.method() === 'GET' && isTopNavigation(request);
  if (!isSameSite && !opensPage) return undefined;
  const cookies = await context.cookies(request.url());
  const sent = cookies.filter(({ sameSite }) => isSameSite || sameSite !== 'Strict');
  return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
}

/**
 * Whether everything that is known of who asks is of the site that is asked: the request's own headers, all frames around
 * it and, unless it leads its frame away, that frame. Who says nothing of itself is another site. A site is one host and
 * scheme: which hosts share an owner would take a list of public suffixes.
 */
export function isFromItsSite(request: Request): boolean {
  const frame = frameOf(request);
  const { origin, referer } = request.headers();
  const askers = [origin, referer].filter((asker) => asker !== undefined);
  if (frame === undefined || askers.length === 0) return false;
  const around: string[] = [];
  const inner = request.isNavigationRequest() ? frame.parentFrame() : frame;
  for (let outer = inner; outer !== null; outer = outer.parentFrame()) around.push(outer.url());
  const site = siteOf(request.url());
  return [...askers, ...around].every((address) => siteOf(address) === site);
}

/** `undefined` for what belongs to nobody, such as `null` and `about:srcdoc`. */
function siteOf(address: string): string | undefined {
  const url = URL.parse(address);
  return url === null || url.hostname === '' ? undefined : `${url.protocol}//${url.hostname}`;
}
