import { chromium } from 'playwright-core';

/**
 * A process of its own between the hub and Chromium: it lives as long as the hub holds the other end of its channel, so
 * that also a hub that is killed takes its browser along.
 */
const [executablePath = '', wsPath = ''] = process.argv.slice(2);

const server = await chromium.launchServer({
  executablePath,
  headless: true,
  // Chromium refuses to sandbox for root, who runs most containers.
  chromiumSandbox: process.getuid?.() !== 0,
  host: '127.0.0.1',
  wsPath,
  handleSIGINT: false,
  handleSIGTERM: false,
  handleSIGHUP: false,
  args: [
    // The hub refuses a browser that could send datagrams past it.
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

// Signals of a terminal reach the whole group: the hub decides when its browser ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.once('disconnect', () => {
  void server.kill().finally(() => process.exit());
});
server.once('close', () => process.exit(1));
process.send?.({ endpoint: server.wsEndpoint() });
