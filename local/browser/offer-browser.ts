import type { LocalHub } from '../hub.ts';
import type { LocalBrowser } from './start-local-browser.ts';

/** Gives the hub a browser as its admin would: what runs here is set by the same route as anywhere. */
export async function offerBrowser(
  { url, mintToken }: Pick<LocalHub, 'url' | 'mintToken'>,
  { endpoint }: Pick<LocalBrowser, 'endpoint'>,
): Promise<void> {
  const token = await mintToken({ tenant: 'local-runtime', scopes: ['admin'] });
  const response = await fetch(`${url}/v1/admin/servers/playwright`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ credential: endpoint }),
  });
  if (!response.ok) throw new Error(`the hub did not take the browser: ${await response.text()}`);
}
