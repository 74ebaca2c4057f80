/** Documents that the hub shows in a page's place. They run nothing. */
export interface OwnDocument {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * In the place of a redirect of a document. Chromium follows a redirect without asking anybody again, while what a
 * document leads to is asked for as any other page, and so checked.
 */
export function redirectingDocument(to: string): OwnDocument {
  return ownDocument(200, `<meta http-equiv="refresh" content="0;url=${escaped(to)}">`);
}

/** So that whoever reads the page sees why there is none. */
export function refusingDocument(reason: string): OwnDocument {
  return ownDocument(403, `<title>Not opened</title><p>Nexus Hub did not open this page: ${escaped(reason)}`);
}

function ownDocument(status: number, content: string): OwnDocument {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'" },
    body: `<!doctype html>${content}`,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
