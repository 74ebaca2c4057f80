import type { Page, Request } from 'playwright-core';
import { frameOf, isTopNavigation } from './place-of-request.ts';

/** Which pages the caller opens, as if typed in: no page asked for them, so none has forged them. */
export interface CallerNavigations {
  during<T>(page: Page, url: string, work: () => Promise<T>): Promise<T>;
  includes(request: Request): boolean;
}

export function createCallerNavigations(): CallerNavigations {
  const opening = new WeakMap<Page, string>();
  return {
    async during(page, url, work) {
      opening.set(page, new URL(url).href);
      return await work().finally(() => opening.delete(page));
    },
    includes(request) {
      const page = frameOf(request)?.page();
      const { origin, referer } = request.headers();
      const isAnonymous = origin === undefined && referer === undefined && request.method() === 'GET';
      const asked = page === undefined ? undefined : opening.get(page);
      return isAnonymous && isTopNavigation(request) && asked !== undefined && isSame(asked, request.url());
    },
  };
}

function isSame(asked: string, url: string): boolean {
  return asked.split('#', 1)[0] === url.split('#', 1)[0];
}
