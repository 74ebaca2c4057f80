import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RecordingServer, startRecordingServer } from '../upstreams/recording-server.ts';

type Page = (request: IncomingMessage, response: ServerResponse, body: unknown) => unknown;

const html =
  (content: string): Page =>
  (_request, response) =>
    response.setHeader('content-type', 'text/html').end(`<!doctype html>${content}`);
const redirect =
  (status: number, location: string): Page =>
  (_request, response) =>
    response.writeHead(status, { location, 'set-cookie': 'seen=yes; Path=/' }).end();

const PAGES: Readonly<Record<string, Page>> = {
  '/': html(`<title>Start</title><h1>Welcome</h1><a href="/next">Go on</a>
    <script>console.log('ready'); fetch('/data').then((r) => r.json()).then(({ n }) => document.body.append('n is ' + n))</script>`),
  '/data': (_request, response) => response.setHeader('content-type', 'application/json').end('{"n":42}'),
  '/next': html('<title>Next</title><h1>Next page</h1>'),
  '/form': html(`<title>Form</title><form method=post action=/sent>
    <label>Name <input name=name></label>
    <label>Colour <select name=colour><option value=r>Red<option value=b>Blue</select></label>
    <input placeholder="Typed" name=typed oninput="document.title = this.value.length + ' typed'">
    <button data-testid=send>Send</button></form>`),
  '/sent': (_request, response, body) =>
    response.setHeader('content-type', 'text/html').end(`<title>Sent</title><pre>${String(body)}</pre>`),
  '/twice': html('<title>Twice</title><button ondblclick="document.title = 2">Press</button>'),
  '/keys': html(`<title>Keys</title><script>onkeydown = ({ key }) => { document.title = key }</script>`),
  '/late': html(
    `<title>Late</title><script>setTimeout(() => { document.body.innerHTML = 'here at last' }, 300)</script>`,
  ),
  // Where popups are blocked, a click still opens one.
  '/popups': html(
    `<title>Popups</title><button onclick="for (let i = 0; i < 20; i++) window.open('/next?' + i)">Open</button>`,
  ),
  '/dialogs': html(
    `<title>Dialogs</title><script>document.title = String(confirm('sure?')) + prompt('name?')</script>`,
  ),
  '/permissions': html(`<title>Asked</title><script>
    Notification.requestPermission().then((answer) => { document.title = answer })</script>`),
  '/moved': redirect(302, '/moved-again'),
  '/moved-again': redirect(301, '/cookies'),
  '/moving': redirect(302, '/moving'),
  '/to-script': redirect(302, 'javascript:document.title="ran"'),
  '/to-file': redirect(302, 'file:///etc/hostname'),
  '/to-long-address': redirect(302, `/cookies?${'a'.repeat(10_000)}`),
  // Three times as long as an address, and short enough for a header.
  '/to-endless-address': redirect(302, `/cookies?${'"'.repeat(6000)}`),
  '/to-backslash': redirect(302, '/cookies?a\\b'),
  '/asks-oddly': html(`<title>Asks</title><script>
    Promise.all(['/data?' + 'a'.repeat(10_000), '/data?a\\\\b'].map((url) => fetch(url).then((r) => r.json())))
      .then(([a, b]) => { document.title = 'got ' + a.n + ' and ' + b.n })</script>`),
  '/cookies': ({ headers }, response) =>
    response.setHeader('content-type', 'text/html').end(`<title>Cookies</title><p>sent: ${headers.cookie ?? 'none'}`),
  '/to-data': redirect(302, '/data'),
  '/fetches': html(`<title>Fetches</title><script>
    fetch('/to-data').then((r) => r.json()).then(({ n }) => { document.title = 'got ' + n })</script>`),
  '/file-link':
    html(`<title>Stays</title><a href="file:///etc/hostname">x</a><iframe src="file:///etc/hostname"></iframe>
    <script>document.links[0].click()</script>`),
  '/download': (_request, response) => response.setHeader('content-disposition', 'attachment; filename=a').end('x'),
  '/nothing': (_request, response) => response.writeHead(204).end(),
  '/missing': (_request, response) =>
    response.writeHead(404, { 'content-type': 'text/html' }).end('<title>Gone</title>'),
  '/endless-address': html(`<title>Endless</title><script>
    history.replaceState(0, '', '?' + 'a'.repeat(1_900_000))</script>`),
  '/many-words': html(`<meta charset=utf-8><title>Words</title><p>${'\u6f22'.repeat(60_000)}`),
  '/hangs': html('<title>Hangs</title><script>setTimeout(() => { for (;;); }, 100)</script>'),
  '/fails': html(`<title>Fails</title><script>console.error('oh'); throw new Error('broken')</script>`),
  '/many': html(`<title>Many</title>${'<img src="/x">'.replace('x', 'a')}<script>
    for (let i = 0; i < 50; i++) fetch('/data?' + i)</script>`),
  '/large': (_request, response) => response.setHeader('content-type', 'text/html').end('x'.repeat(300_000)),
  '/noise': html(`<title>Noise</title><canvas width=1200 height=700></canvas><script>
    const c = document.querySelector('canvas').getContext('2d'), d = c.createImageData(1200, 700);
    for (let i = 0; i < d.data.length; i++) d.data[i] = i % 4 === 3 ? 255 : Math.random() * 256; c.putImageData(d, 0, 0)</script>`),
};

/** A site with a page for each thing that the browser's tools do. */
export function startSampleSite(): Promise<RecordingServer> {
  return startRecordingServer((request, response, body) => {
    const page = PAGES[(request.url ?? '').split('?', 1)[0] ?? ''];
    if (page === undefined) response.writeHead(404).end();
    else page(request, response, body);
  });
}
