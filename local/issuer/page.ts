import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { html, type Html } from './html.ts';

export interface Page {
  readonly status: number;
  readonly title: string;
  readonly body: Html;
  /** Origins or schemes that the answer to the page's form may lead to: browsers apply `form-action` to redirects too. */
  readonly formTargets?: readonly string[];
}

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 26rem; }
h1 { font-size: 1.4rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .5rem; font: inherit; }
input[aria-invalid=true] { outline: 2px solid #c00; }
button { margin: 1.5rem .5rem 0 0; padding: .5rem 1rem; font: inherit; }
.hint, dt { opacity: .75; font-size: .875rem; }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
[role=alert] { border-left: 4px solid #c00; padding-left: .75rem; }
`;
/** In one piece: the policy allows exactly these bytes. */
const STYLE_ELEMENT: Html = { markup: `<style>${STYLE}</style>` };
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Writes a page that runs no script, loads nothing, is in no frame and in no cache. */
export function writePage(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, pageHeaders(page));
  response.end(renderPage(page));
}

export function pageHeaders({ formTargets = [] }: Pick<Page, 'formTargets'>): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${STYLE_HASH}'`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
}

export function renderPage({ title, body }: Pick<Page, 'title' | 'body'>): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.markup;
}
