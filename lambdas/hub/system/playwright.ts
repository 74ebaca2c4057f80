import { BROWSER_TOOLS } from './playwright/tools.ts';
import type { SystemServer } from './system-server.ts';

/** A browser for every tenant, where an admin says that there is one. */
export const PLAYWRIGHT: SystemServer = {
  slug: 'playwright',
  name: 'Playwright',
  instructions:
    'Tools that open web pages in a browser. Every call has a browser of its own that ends with it: cookies, logins and ' +
    'what was typed are gone afterwards. Use "run" to do several things on a page in one call, and "snapshot" to see ' +
    'what is on it. Elements are best named by role and name, as the snapshot shows them. Only public https addresses ' +
    'are opened.',
  adapter: 'browser',
  url: undefined,
  movable: false,
  credential: { type: 'endpoint' },
  credentialHelp:
    'the WebSocket address of a Playwright server, token included: wss://browsers.example.com/?token=...; with the ' +
    'parameter nexus-protocol=cdp that of a browser which speaks the DevTools protocol',
  // Whoever may name a browser's address may make the hub connect there.
  tenantCredential: false,
  rateLimitPerMinute: 10,
  tools: BROWSER_TOOLS,
};
