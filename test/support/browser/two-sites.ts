import { type RecordingServer, startRecordingServer } from '../upstreams/recording-server.ts';

/** A bank, and a site of somebody else that wants its customers' money. */
export interface TwoSites {
  readonly bank: string;
  readonly evil: string;
  /** What the bank was asked for at an address: the method, and the names of the cookies that it got. */
  asked(path: string): readonly string[];
  close(): Promise<void>;
}

const COOKIES = ['strict', 'lax', 'none'].map((kind) => `${kind}=1; Path=/; Secure; HttpOnly; SameSite=${kind}`);

const script = (code: string) => `<script>${code}</script>`;
/** Asks, and writes to the console what it could read. */
const reads = (url: string, init = "{ credentials: 'include' }") =>
  `fetch('${url}', ${init}).then((r) => r.text()).then((t) => console.log('read: ' + t), () => console.log('not read'))`;
const reading = (...args: Parameters<typeof reads>) => script(reads(...args));
const posting = (url: string, target: string) =>
  `<form method=post target=${target} action="${url}"><input name=to value=evil></form>${script('document.forms[0].submit()')}`;
const clicking = (url: string, rest = '') => `<a href="${url}" ${rest}>x</a>${script('document.links[0].click()')}`;
const framing = (url: string) => `<iframe src="${url}"></iframe>`;
/** A document of strangers as mail readers show them. A little later, because what it asks for at once gets nowhere. */
const sandbox = (code: string) =>
  `<iframe sandbox="allow-scripts allow-top-navigation" srcdoc="${script(`setTimeout(() => { ${code} }, 200)`)}"></iframe>`;

type Pages = Readonly<Record<string, string>>;

const evilPages = (bank: string): Pages => ({
  '/reads': reading(`${bank}/api`),
  '/reads-unseen': `<meta name=referrer content=no-referrer>${reading(`${bank}/api`)}`,
  '/reads-open': reading(`${bank}/open`, '{}'),
  '/puts': reading(`${bank}/api`, "{ method: 'PUT', credentials: 'include', headers: { 'x-a': 'b' } }"),
  '/posts-to-top': posting(`${bank}/transfer`, '_top'),
  '/posts-and-is-led-on': posting(`${bank}/leads-on`, '_top'),
  '/frames-it': framing(`${bank}/own`),
  '/shows-it': `<img src="${bank}/api">`,
  '/links': clicking(`${bank}/api`),
  '/links-through': clicking(`${bank}/leads-on`),
  '/opens': `<button onclick="window.open('${bank}/leads-on')">Open</button>`,
});

const bankPages = (evil: string): Pages => ({
  '/own': reading('/api'),
  '/own-frame': framing('/own'),
  '/own-link': clicking('/api'),
  '/own-form': posting('/leads-on', '_self'),
  '/with-an-ad-that-reads': framing(`${evil}/reads`),
  '/with-an-ad-that-reads-unseen': framing(`${evil}/reads-unseen`),
  '/with-an-ad-that-posts': framing(`${evil}/posts-to-top`),
  '/with-an-ad-that-frames': framing(`${evil}/frames-it`),
  '/with-a-sandbox-that-reads': sandbox(reads('/api')),
  '/with-a-sandbox-that-leads': sandbox("top.location = '/api'"),
});

/** Two hosts of this machine, which are two sites as any others. */
export async function startTwoSites(): Promise<TwoSites> {
  const pages: { bank: Pages; evil: Pages } = { bank: {}, evil: {} };
  const bank = await startRecordingServer(({ url = '', headers }, response) => {
    response.setHeader('content-type', 'text/html');
    if (url === '/login') return response.setHeader('set-cookie', COOKIES).end('<title>Bank</title>');
    if (url === '/leads-on') return response.writeHead(303, { location: '/api' }).end();
    if (url === '/open') response.setHeader('access-control-allow-origin', headers.origin ?? '*');
    return response.end(pages.bank[url] ?? 'the balance');
  });
  const evil = await startRecordingServer(({ url = '' }, response) =>
    response.setHeader('content-type', 'text/html').end(pages.evil[url] ?? 'nothing'),
  );
  const origin = bank.origin.replace('127.0.0.1', 'localhost');
  pages.bank = bankPages(evil.origin);
  pages.evil = evilPages(origin);
  return {
    bank: origin,
    evil: evil.origin,
    asked: (path) => askedOf(bank, path),
    async close() {
      await Promise.all([bank.close(), evil.close()]);
    },
  };
}

function askedOf({ requests }: Pick<RecordingServer, 'requests'>, wanted: string): readonly string[] {
  return requests
    .filter(({ path }) => path === wanted)
    .map(({ httpMethod, headers: { cookie = '' } }) => [httpMethod, ...cookie.matchAll(/\w+(?==)/g)].join(' '));
}
