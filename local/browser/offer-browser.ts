import * as z from 'zod';
import type { LocalHub } from '../hub.ts';
import type { LocalBrowser } from './start-local-browser.ts';

type Hub = Pick<LocalHub, 'url' | 'mintToken'>;

const answerSchema = z.object({
  servers: z.array(
    z.object({ slug: z.string(), url: z.string().optional(), credential: z.string().nullable(), etag: z.string() }),
  ),
});

/**
 * Gives the hub the browser of this machine as its admin would, or takes back that of an earlier start. A browser elsewhere
 * that an admin has set stays. Answers whether the browser tools have one.
 */
export async function offerBrowser(hub: Hub, browser: Pick<LocalBrowser, 'endpoint'> | undefined): Promise<boolean> {
  const { servers } = answerSchema.parse(await ask(hub, 'GET', '/v1/admin/servers'));
  const playwright = servers.find(({ slug }) => slug === 'playwright');
  if (playwright === undefined) throw new Error('the hub has no server "playwright"');
  if (playwright.url !== undefined && new URL(playwright.url).hostname !== '127.0.0.1') return true;
  if (browser === undefined && playwright.credential === null) return false;
  await ask(hub, 'PUT', '/v1/admin/servers/playwright', { credential: browser?.endpoint ?? null });
  return browser !== undefined;
}

async function ask({ url, mintToken }: Hub, method: string, path: string, body?: object): Promise<unknown> {
  const token = await mintToken({ tenant: 'local-runtime', scopes: ['admin'] });
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`the hub did not take the browser: ${await response.text()}`);
  return response.json();
}
