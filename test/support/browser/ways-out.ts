/** Places that a page must not reach. */
export interface Forbidden {
  /** `http://127.0.0.1:<port>/<name of the way>`. */
  readonly url: string;
  /** A port of UDP and one of TCP on the same machine, for what speaks no HTTP. */
  readonly udpPort: number;
  readonly tcpPort: number;
}

export interface WayOut {
  /** What a page contains that tries. */
  readonly html: (to: Forbidden) => string;
  readonly headers?: (to: Forbidden) => Record<string, string>;
  /** The path below the page whose response redirects to the place, by this status. */
  readonly redirects?: number;
}

const script = (code: string) => `<script>${code}</script>`;
const js = (code: (to: Forbidden) => string): WayOut => ({ html: (to) => script(code(to)) });
const tag = (html: (url: string) => string): WayOut => ({ html: ({ url }) => html(url) });
const blob = (code: string) => `URL.createObjectURL(new Blob([${JSON.stringify(code)}], { type: 'text/javascript' }))`;
const toWebSocket = ({ url }: Forbidden) => url.replace('http', 'ws');
const datagrams = ({ udpPort }: Forbidden, place = 'window') => `
  const peer = new (${place}).RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${udpPort}' }] });
  peer.createDataChannel('x');
  peer.createOffer().then((offer) => peer.setLocalDescription(offer));`;

/** Leads there by a redirect of the site that may be opened. */
const redirect = (status: number, html: (hop: string) => string): WayOut => ({
  redirects: status,
  html: () => html('hop'),
});

/** Everything that a page has to make a browser send something, as far as headless Chromium does it. */
export const WAYS_OUT: Readonly<Record<string, WayOut>> = {
  link: tag((url) => `<a href="${url}">x</a>${script('document.links[0].click()')}`),
  ping: tag((url) => `<a href="#" ping="${url}">x</a>${script('document.links[0].click()')}`),
  'form-get': tag(
    (url) => `<form action="${url}"><input name=a value=b></form>${script('document.forms[0].submit()')}`,
  ),
  'form-post': tag(
    (url) => `<form method=post action="${url}"><input name=a value=b></form>${script('document.forms[0].submit()')}`,
  ),
  'meta-refresh': tag((url) => `<meta http-equiv=refresh content="0;url=${url}">`),
  location: js(({ url }) => `location = '${url}'`),
  popup: js(({ url }) => `window.open('${url}')`),
  'popup-noopener': js(({ url }) => `window.open('${url}', '_blank', 'noopener')`),
  'popup-later': js(
    ({ url }) => `const w = window.open('about:blank'); setTimeout(() => { w.location = '${url}'; }, 50)`,
  ),
  ...Object.fromEntries(
    [301, 302, 303, 307, 308].map((status) => [
      `redirect-${status}`,
      redirect(status, (hop) => script(`location = '${hop}'`)),
    ]),
  ),
  'redirect-form': redirect(
    307,
    (hop) => `<form method=post action=${hop}></form>${script('document.forms[0].submit()')}`,
  ),
  'redirect-iframe': redirect(302, (hop) => `<iframe src=${hop}></iframe>`),
  'redirect-image': redirect(302, (hop) => `<img src=${hop}>`),
  'redirect-fetch': redirect(302, (hop) => script(`fetch('${hop}', { mode: 'no-cors' })`)),
  'redirect-post': redirect(307, (hop) => script(`fetch('${hop}', { method: 'POST', body: 'x' })`)),
  iframe: tag((url) => `<iframe src="${url}"></iframe>`),
  'iframe-srcdoc': tag((url) => `<iframe srcdoc="<img src='${url}'>"></iframe>`),
  'iframe-data': tag((url) => `<iframe src="data:text/html,<img src='${url}'>"></iframe>`),
  'iframe-sandboxed': tag((url) => `<iframe sandbox srcdoc="<img src='${url}'>"></iframe>`),
  'iframe-blob': js(
    ({ url }) =>
      `const f = document.createElement('iframe');
       f.src = URL.createObjectURL(new Blob(['<img src="${url}">'], { type: 'text/html' })); document.documentElement.append(f)`,
  ),
  object: tag((url) => `<object data="${url}"></object>`),
  embed: tag((url) => `<embed src="${url}">`),
  image: tag((url) => `<img src="${url}">`),
  svg: tag((url) => `<svg><image href="${url}"/></svg>`),
  video: tag((url) => `<video src="${url}" autoplay></video>`),
  audio: tag((url) => `<audio src="${url}" autoplay></audio>`),
  stylesheet: tag((url) => `<link rel=stylesheet href="${url}">`),
  'css-import': tag((url) => `<style>@import "${url}";</style>`),
  'css-image': tag((url) => `<style>html { background: url("${url}") }</style>`),
  font: tag((url) => `<style>@font-face { font-family: f; src: url("${url}") } * { font-family: f }</style>text`),
  script: tag((url) => `<script src="${url}"></script>`),
  module: tag((url) => `<script type=module src="${url}"></script>`),
  import: js(({ url }) => `import('${url}')`),
  fetch: js(({ url }) => `fetch('${url}', { mode: 'no-cors' })`),
  'fetch-keepalive': js(({ url }) => `fetch('${url}', { mode: 'no-cors', keepalive: true })`),
  'fetch-on-leaving': js(
    ({ url }) =>
      `addEventListener('pagehide', () => fetch('${url}', { mode: 'no-cors', keepalive: true })); location = '/'`,
  ),
  preflight: js(({ url }) => `fetch('${url}', { method: 'PUT', headers: { 'x-a': 'b' } })`),
  xhr: js(({ url }) => `const x = new XMLHttpRequest(); x.open('POST', '${url}'); x.send('a')`),
  beacon: js(({ url }) => `navigator.sendBeacon('${url}', 'a')`),
  'beacon-on-leaving': js(
    ({ url }) => `addEventListener('pagehide', () => navigator.sendBeacon('${url}', 'a')); location = '/'`,
  ),
  eventsource: js(({ url }) => `new EventSource('${url}')`),
  websocket: js((to) => `new WebSocket('${toWebSocket(to)}')`),
  'worker-script': js(({ url }) => `new Worker(${blob(`importScripts('${url}')`)})`),
  'worker-fetch': js(({ url }) => `new Worker(${blob(`fetch('${url}', { mode: 'no-cors' })`)})`),
  'worker-websocket': js((to) => `new Worker(${blob(`new WebSocket('${toWebSocket(to)}')`)})`),
  'shared-worker-fetch': js(({ url }) => `new SharedWorker(${blob(`fetch('${url}', { mode: 'no-cors' })`)})`),
  'shared-worker-websocket': js((to) => `new SharedWorker(${blob(`new WebSocket('${toWebSocket(to)}')`)})`),
  'service-worker': js(({ url }) => `navigator.serviceWorker.register('worker.js?to=' + encodeURIComponent('${url}'))`),
  preload: tag((url) => `<link rel=preload as=fetch crossorigin href="${url}">`),
  prefetch: tag((url) => `<link rel=prefetch href="${url}">`),
  modulepreload: tag((url) => `<link rel=modulepreload href="${url}">`),
  'speculative-prefetch': tag(
    (url) => `<script type=speculationrules>{"prefetch":[{"urls":["${url}"],"eagerness":"immediate"}]}</script>`,
  ),
  'speculative-prefetch-of-another-site': tag(
    (url) =>
      `<script type=speculationrules>{"prefetch":[{"urls":["${url.replace('127.0.0.1', 'localhost')}"],"eagerness":"immediate"}]}</script>`,
  ),
  prerender: tag(
    (url) => `<script type=speculationrules>{"prerender":[{"urls":["${url}"],"eagerness":"immediate"}]}</script>`,
  ),
  'csp-report': {
    html: () => '<img src="/x">',
    headers: ({ url }) => ({ 'content-security-policy': `img-src 'none'; report-uri ${url}` }),
  },
  webrtc: js((to) => datagrams(to)),
  'webrtc-in-a-frame': js(
    (to) =>
      `const f = document.createElement('iframe'); document.documentElement.append(f); ${datagrams(to, 'f.contentWindow')}`,
  ),
  'webrtc-in-a-popup': js((to) => datagrams(to, "window.open('about:blank')")),
  'webrtc-in-a-sandbox': {
    html: (to) =>
      `<iframe sandbox="allow-scripts" srcdoc="${script(datagrams(to)).replaceAll('"', '&quot;')}"></iframe>`,
  },
  'webrtc-in-data': js(
    (to) =>
      `const f = document.createElement('iframe'); f.src = 'data:text/html,' + encodeURIComponent(${JSON.stringify(
        `<script>${datagrams(to)}</`,
      )} + 'script>'); document.documentElement.append(f)`,
  ),
  'webrtc-by-tcp': js(
    ({ tcpPort }) => `
      const peer = new RTCPeerConnection({ iceServers: [{ urls: 'turn:127.0.0.1:${tcpPort}?transport=tcp', username: 'a', credential: 'b' }] });
      peer.createDataChannel('x');
      peer.createOffer().then((offer) => peer.setLocalDescription(offer));`,
  ),
  webtransport: js(({ udpPort }) => `new WebTransport('https://127.0.0.1:${udpPort}/')`),
  'webtransport-in-a-worker': js(
    ({ udpPort }) => `new Worker(${blob(`new WebTransport('https://127.0.0.1:${udpPort}/')`)})`,
  ),
};
