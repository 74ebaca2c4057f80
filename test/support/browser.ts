import assert from 'node:assert/strict';

export interface Visit {
  /** Where the browser ended: a page of the site, or the first address outside of it, which is not asked. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Browser = ReturnType<typeof createBrowser>;

/** A browser without scripts: it follows redirects within one site, keeps its cookies by path, and posts forms. */
export function createBrowser(origin: string) {
  const jar = new Map<string, { readonly value: string; readonly path: string }>();

  async function visit(target: string | URL, init: RequestInit = {}): Promise<Visit> {
    const url = new URL(target, origin);
    if (url.origin !== origin) return { url, status: 0, headers: new Headers(), text: '' };
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...Object.fromEntries(new Headers(init.headers)), cookie: cookiesFor(url) },
    });
    const text = await response.text();
    response.headers.getSetCookie().forEach(keep);
    const location = response.headers.get('location');
    if (location === null) return { url, status: response.status, headers: response.headers, text };
    return await visit(new URL(location, url));
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    assert.ok(attributes.includes('httponly') && attributes.includes('samesite=lax'), line);
    const path = attributes.find((attribute) => attribute.startsWith('path='))?.slice('path='.length) ?? '/';
    const [name = '', value = ''] = pair.split('=');
    if (value === '') jar.delete(name);
    else jar.set(name, { value, path });
  }

  function cookiesFor({ pathname }: URL): string {
    return [...jar]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  return {
    visit,
    /** Posts the form of a page to the page itself, as a form without action does. */
    async submit({ url }: Pick<Visit, 'url'>, fields: Record<string, string>, headers: Record<string, string> = {}) {
      return await visit(url, { method: 'POST', body: new URLSearchParams(fields), headers });
    },
  };
}
