import { type Scope, SCOPES } from '../../lambdas/contract.ts';
import { html, type Html } from './html.ts';
import type { Page } from './page.ts';
import type { Person } from './person.ts';

export interface SignInPage {
  /** As the application calls itself, which proves nothing. */
  readonly clientName: string;
  /** Where the answer goes, which it cannot lie about. */
  readonly redirectUri: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** Who is signed in already, and only has to allow. */
  readonly signedIn?: Person | undefined;
  readonly entered?: Readonly<Partial<Person>>;
  readonly problem?: Problem | undefined;
}

export interface Problem {
  readonly field: 'tenant' | 'name' | 'code';
  readonly message: string;
  readonly status: number;
}

const MEANINGS: Readonly<Record<Scope, string>> = {
  'tools:read': 'see tools, resources and prompts',
  'tools:call': 'call tools, read resources and get prompts',
  'servers:read': 'see servers',
  'servers:write': 'add, change and delete servers and permissions',
  admin: 'administer the hub for all tenants',
};

/** One page to sign in and to allow: who asks, for what, and who answers. */
export function signInPage(page: SignInPage): Page {
  const { signedIn, problem } = page;
  return {
    status: problem?.status ?? 200,
    title: signedIn === undefined ? 'Sign in to Nexus Hub' : 'Allow access to Nexus Hub',
    formTargets: [formTarget(page.redirectUri)],
    body: html`${describeRequest(page)}
      ${problem === undefined ? [] : html`<p role="alert" id="problem">${problem.message}</p>`}
      <form method="post">
        ${signedIn === undefined ? fields(page) : account(signedIn)}
        <button name="decision" value="allow">${signedIn === undefined ? 'Sign in and allow' : 'Allow'}</button>
        <button name="decision" value="deny" formnovalidate>Deny</button>
      </form>`,
  };
}

function describeRequest({ clientName, redirectUri, resource, scopes }: SignInPage): Html {
  return html`<p><strong>${clientName}</strong> asks for access.</p>
    <dl>
      <dt>It may</dt>
      ${scopes.map((scope) => html`<dd>${meaning(scope)} <code>${scope}</code></dd>`)}
      <dt>At</dt>
      <dd>${resource}</dd>
      <dt>The answer goes to</dt>
      <dd>${redirectUri}</dd>
    </dl>`;
}

function meaning(scope: string): string {
  const known = SCOPES.find((name) => name === scope);
  if (known !== undefined) return MEANINGS[known];
  return scope === 'offline_access' ? 'stay connected' : 'know who you are';
}

function account({ name, tenant }: Person): Html {
  return html`<p>
    You are <strong>${name}</strong> of the tenant <strong>${tenant}</strong>.
    <a href="?account=other">Use another account</a>
  </p>`;
}

function fields({ entered = {}, problem }: SignInPage): Html {
  const invalid = (field: Problem['field']): Html =>
    problem?.field === field ? html` aria-invalid="true" aria-describedby="problem"` : html``;
  const { tenant = 'demo', name = 'local-user' } = entered;
  return html`<label for="tenant">Tenant</label>
    <input
      id="tenant"
      name="tenant"
      value="${tenant}"
      required
      maxlength="128"
      autocomplete="organization"
      autocapitalize="none"
      spellcheck="false"
      ${invalid('tenant')}
    />
    <label for="name">Name</label>
    <input
      id="name"
      name="name"
      value="${name}"
      required
      maxlength="64"
      autocomplete="username"
      autocapitalize="none"
      spellcheck="false"
      ${invalid('name')}
    />
    <label for="code">Sign-in code</label>
    <input
      id="code"
      name="code"
      type="password"
      required
      maxlength="64"
      autocomplete="current-password"
      ${invalid('code')}
    />
    <p class="hint">
      The terminal that runs the hub shows it; it is also in the file <code>sign-in-code</code> of the data directory.
    </p>`;
}

/** For `form-action`, which knows no IPv6 addresses and no paths of private schemes. */
function formTarget(redirectUri: string): string {
  const { protocol, origin, hostname } = new URL(redirectUri);
  return /^https?:$/.test(protocol) && !hostname.startsWith('[') ? origin : protocol;
}
