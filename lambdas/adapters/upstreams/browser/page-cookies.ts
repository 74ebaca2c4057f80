import type { BrowserContext, Cookie, Request } from 'playwright-core';

/**
 * The cookies that the browser would send along. It keeps them, but adds them only to what it sends itself; so what it
 * decides of `SameSite` is decided here, a little stricter where it cannot be known who asked.
 */
export async function cookiesFor(context: BrowserContext, request: Request, url: string): Promise<string | undefined> {
  const cookies = await context.cookies(url);
  const sent = cookies.filter((cookie) => isSent(cookie, request, url));
  return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
}

function isSent({ sameSite }: Cookie, request: Request, url: string): boolean {
  if (sameSite === 'None' || isWithinSite(request, url)) return true;
  return sameSite === 'Lax' && request.method() === 'GET' && isTopNavigation(request);
}

/** Whether the page around the request, or the one before a navigation, belongs to the same host or a parent of it. */
function isWithinSite(request: Request, url: string): boolean {
  const top = frameOf(request)?.page().url();
  const from = URL.parse(top ?? '')?.hostname ?? '';
  const to = new URL(url).hostname;
  return from === to || isParent(from, to) || isParent(to, from);
}

function isParent(parent: string, child: string): boolean {
  return parent.includes('.') && child.endsWith(`.${parent}`);
}

export function isTopNavigation(request: Request): boolean {
  return request.isNavigationRequest() && (frameOf(request)?.parentFrame() ?? null) === null;
}

/** A navigation of a page that is just being made has no frame yet, and a service worker's request never has. */
export function frameOf(request: Request) {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}
