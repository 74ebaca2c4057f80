import { createHash, randomBytes } from 'node:crypto';
import { createBrowser, type Browser, type Visit } from './browser.ts';

export const REDIRECT_URI = 'http://127.0.0.1:9/callback';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers whose shape they assert
type Json = any;

export interface OAuthClient {
  readonly clientId: string;
  readonly verifier: string;
  /** The authorization request, with what a test changes about it; `undefined` leaves a parameter out. */
  authorizationUrl(changes?: Readonly<Record<string, string | undefined>>): URL;
  token(parameters: Record<string, string>): Promise<{ status: number; body: Json }>;
}

export async function registerClient(
  issuerUrl: string,
  metadata: Record<string, unknown> = {},
): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${issuerUrl}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test client',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  });
  return { status: response.status, body: await response.json() };
}

/** An OAuth client by hand, so that a test can do what a proper one does not. */
export function oauthClient(issuerUrl: string, clientId: string): OAuthClient {
  const verifier = randomBytes(32).toString('base64url');
  return {
    clientId,
    verifier,
    authorizationUrl(changes = {}) {
      const url = new URL(`${issuerUrl}/auth`);
      const parameters = {
        client_id: clientId,
        response_type: 'code',
        redirect_uri: REDIRECT_URI,
        state: 'state-1',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...changes,
      };
      for (const [name, value] of Object.entries(parameters))
        if (value !== undefined) url.searchParams.set(name, value);
      return url;
    },
    async token(parameters) {
      const response = await fetch(`${issuerUrl}/token`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: clientId, ...parameters }),
      });
      return { status: response.status, body: await response.json() };
    },
  };
}

export interface Login {
  readonly client: OAuthClient;
  readonly signInCode: string;
  readonly changes?: Readonly<Record<string, string | undefined>>;
  readonly person?: Readonly<Record<string, string>>;
  readonly browser?: Browser;
}

/** Goes through the sign-in page; the visit ends at the client's redirect URI. */
export async function logIn({ client, signInCode, changes, person = {}, browser }: Login): Promise<Visit> {
  const url = client.authorizationUrl(changes);
  const used = browser ?? createBrowser(url.origin);
  const page = await used.visit(url);
  const fields = { tenant: 'demo', name: 'local-user', code: signInCode, decision: 'allow', ...person };
  return await used.submit(page, fields);
}

/** From nothing to tokens. */
export async function logInForTokens(login: Login): Promise<Json> {
  const { url } = await logIn(login);
  const { body } = await login.client.token({
    grant_type: 'authorization_code',
    code: url.searchParams.get('code') ?? '',
    redirect_uri: REDIRECT_URI,
    code_verifier: login.client.verifier,
  });
  return body;
}
