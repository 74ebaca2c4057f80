import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { HubError } from '../../../hub/hub-error.ts';

/**
 * The wall behind the answering of requests: whatever a page, the browser itself or Playwright sends without asking goes
 * to a proxy on a port on which nothing can listen, names unresolved. `<-loopback>`: also what is meant for the browser's
 * own machine, which no proxy gets otherwise.
 */
export const NO_WAY_OUT = { server: 'http://127.0.0.1:0', bypass: '<-loopback>' };

/** WebRTC alone sends datagrams past a proxy, which only the browser's own command line can forbid. */
export const NO_DATAGRAMS = '--webrtc-ip-handling-policy=disable_non_proxied_udp';

const SEALED: BrowserContextOptions = {
  proxy: NO_WAY_OUT,
  serviceWorkers: 'block',
  acceptDownloads: false,
  permissions: [],
};

export interface ContextSettings {
  readonly viewport?: { readonly width: number; readonly height: number } | undefined;
}

/** A browser of its own as far as pages can tell, from which nothing gets out but what the hub fetches for it. */
export async function openSealedContext(browser: Browser, settings: ContextSettings): Promise<BrowserContext> {
  const { viewport = { width: 1280, height: 720 } } = settings;
  const context = await browser.newContext({ ...SEALED, viewport });
  await assertSealed(context);
  return context;
}

/**
 * Whoever offers a browser may make contexts in a way of their own, and starts it with flags of their own. So each call
 * has the browser show that it cannot get out, before anybody's page is opened in it.
 */
export async function assertSealed(context: BrowserContext): Promise<void> {
  const page = await context.newPage();
  const isSealed = (await sendsNoDatagrams(page)) && (await hasNoWayOut(page));
  await page.close();
  if (isSealed) return;
  throw new HubError('upstream_error', `the browser does not keep its network closed; start it with ${NO_DATAGRAMS}`);
}

/** The name is one that nobody can have (RFC 6761), and the only error that will do is that of a proxy that is not there. */
async function hasNoWayOut(page: Page): Promise<boolean> {
  return await page.goto('https://sealed.invalid/').then(
    () => false,
    (error: unknown) => String(error).includes('net::ERR_PROXY_CONNECTION_FAILED'),
  );
}

/** Without a server to ask, WebRTC would name the datagram sockets that it opened on the browser's own machine. */
async function sendsNoDatagrams(page: Page): Promise<boolean> {
  return (await page.evaluate(GATHERED_SOCKETS)) === 0;
}

/** Text, because it runs in the page. Gathering that does not end counts as a socket. */
const GATHERED_SOCKETS = `new Promise((resolve) => {
  if (typeof RTCPeerConnection === 'undefined') return resolve(0);
  let sockets = 0;
  const peer = new RTCPeerConnection();
  peer.onicecandidate = ({ candidate }) => {
    if (candidate === null) resolve(sockets);
    else if (candidate.protocol !== 'tcp') sockets += 1;
  };
  setTimeout(() => resolve(1), 5000);
  peer.createDataChannel('probe');
  peer.createOffer().then((offer) => peer.setLocalDescription(offer));
})`;
