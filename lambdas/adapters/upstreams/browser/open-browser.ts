import { type Browser, chromium } from 'playwright-core';
import type { Endpoint } from './endpoint.ts';
import { NO_DATAGRAMS, NO_WAY_OUT } from './sealed-context.ts';

/**
 * What a Playwright server that starts a browser for each connection is asked to start it with. One that has its browser
 * already does not look at it, nor does one that allows no arguments look at those.
 */
const LAUNCH_OPTIONS = { proxy: NO_WAY_OUT, args: [NO_DATAGRAMS] };

/** Connects to the browser behind a relay. */
export async function openBrowser(protocol: Endpoint['protocol'], url: string, timeout: number): Promise<Browser> {
  if (protocol === 'cdp') return await chromium.connectOverCDP(url, { timeout });
  const headers = { 'x-playwright-launch-options': JSON.stringify(LAUNCH_OPTIONS) };
  return await chromium.connect(url, { timeout, headers });
}
