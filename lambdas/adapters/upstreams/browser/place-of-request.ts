import type { Frame, Request } from 'playwright-core';

export function isTopNavigation(request: Request): boolean {
  return request.isNavigationRequest() && (frameOf(request)?.parentFrame() ?? null) === null;
}

/** A navigation of a page that is just being made has no frame yet, and a service worker's request never has. */
export function frameOf(request: Request): Frame | undefined {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}
