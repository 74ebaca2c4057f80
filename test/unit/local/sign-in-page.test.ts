import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { errorPage } from '../../../local/issuer/error-page.ts';
import { html } from '../../../local/issuer/html.ts';
import { pageHeaders, renderPage } from '../../../local/issuer/page.ts';
import { accountIdOf, personOf } from '../../../local/issuer/person.ts';
import { type SignInPage, signInPage } from '../../../local/issuer/sign-in-page.ts';

const EVIL = `"><script>alert('1')</script>&`;
const ESCAPED = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;';

const REQUEST: SignInPage = {
  clientName: 'Inspector',
  redirectUri: 'http://localhost:6274/oauth/callback',
  resource: 'http://127.0.0.1:8787/mcp',
  scopes: ['tools:read', 'admin', 'offline_access'],
};

const render = (page: Partial<SignInPage> = {}): string => renderPage(signInPage({ ...REQUEST, ...page }));

test('whatever a client or a person says is text', () => {
  const problem = { field: 'code', message: EVIL, status: 403 } as const;
  const texts = { clientName: EVIL, redirectUri: `x:${EVIL}`, resource: EVIL, scopes: [EVIL], problem };

  const pages = [
    render({ ...texts, entered: { tenant: EVIL, name: EVIL } }),
    render({ signedIn: { tenant: EVIL, name: EVIL } }),
    renderPage(errorPage(EVIL)),
  ];

  for (const page of pages) {
    assert.doesNotMatch(page, /<script|alert\('/);
    assert.ok(page.includes(ESCAPED));
  }
});

test('a template escapes texts, also in lists, and keeps markup', () => {
  const { markup } = html`<p title="${EVIL}">${[html`<b>${'<'}</b>`, html`<i></i>`]}</p>`;

  assert.equal(markup, `<p title="${ESCAPED}"><b>&lt;</b><i></i></p>`);
});

test('the page says who asks, for what, and where the answer goes', () => {
  const page = render();

  assert.match(page, /<strong>Inspector<\/strong> asks for access/);
  assert.match(page, /administer the hub for all tenants <code>admin<\/code>/);
  assert.match(page, /stay connected <code>offline_access<\/code>/);
  assert.match(page, /<dd>http:\/\/localhost:6274\/oauth\/callback<\/dd>/);
});

test('every field has a label and is known to password managers', () => {
  const page = render();

  for (const [field, autocomplete] of [
    ['tenant', 'organization'],
    ['name', 'username'],
    ['code', 'current-password'],
  ]) {
    assert.match(page, new RegExp(`<label for="${field}">`));
    assert.match(page, new RegExp(`<input[^>]*id="${field}"[^>]*autocomplete="${autocomplete}"`));
  }
});

test('a problem is announced and belongs to its field', () => {
  const page = render({ problem: { field: 'code', message: 'No.', status: 403 } });

  assert.match(page, /<p role="alert" id="problem">No\.<\/p>/);
  assert.match(page, /id="code"[^>]*aria-invalid="true" aria-describedby="problem"/);
  assert.doesNotMatch(page, /id="name"[^>]*aria-invalid/);
});

test('the policy allows the style of the page, the way back to the client, and nothing else', () => {
  const [, style = ''] = /<style>([^]*?)<\/style>/.exec(render()) ?? [];

  const policy = pageHeaders(signInPage(REQUEST))['Content-Security-Policy'];

  const hash = createHash('sha256').update(style).digest('base64');
  assert.equal(
    policy,
    `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' http://localhost:6274; frame-ancestors 'none'; base-uri 'none'`,
  );
});

for (const [redirectUri, target] of [
  ['https://vscode.dev/redirect?x=1', 'https://vscode.dev'],
  ['cursor://anysphere.cursor-mcp/callback', 'cursor:'],
  ['http://[::1]:6274/callback', 'http:'],
]) {
  test(`the form may lead to ${target} for ${redirectUri}`, () => {
    assert.deepEqual(signInPage({ ...REQUEST, redirectUri: redirectUri ?? '' }).formTargets, [target]);
  });
}

test('an account id says who it is', () => {
  const person = { name: 'ann', tenant: 'acme@eu|1' };

  assert.equal(accountIdOf(person), 'ann@acme@eu|1');
  assert.deepEqual(personOf('ann@acme@eu|1'), person);
  for (const other of ['', 'ann', '@acme', 'ann@', 'a b@acme']) assert.equal(personOf(other), undefined, other);
});
