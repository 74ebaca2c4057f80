import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExtraHandler } from '../api/rest-api.ts';
import { loadSigningKey } from '../signing-key.ts';
import { ISSUER_PATH, issuerUrl } from './address.ts';
import { allowPages } from './allow-pages.ts';
import { createIssuerState } from './issuer-state.ts';
import { mintToken, type TokenRequest } from './mint-token.ts';
import { createProvider } from './provider.ts';
import { createSignIn } from './sign-in.ts';
import { createSignInCheck, loadSignInCode } from './sign-in-code.ts';

/** The OIDC issuer of the local stage. Whoever can read the data directory can sign in, and mint tokens. */
export interface Issuer {
  readonly url: string;
  /** What the sign-in page asks for. */
  readonly signInCode: string;
  readonly handlers: readonly ExtraHandler[];
  mintToken(request: TokenRequest): Promise<string>;
}

export interface IssuerOptions {
  readonly publicUrl: string;
  readonly dataDirectory: string;
}

type Handle = ExtraHandler['handle'];

export async function createIssuer({ publicUrl, dataDirectory }: IssuerOptions): Promise<Issuer> {
  const signingKey = await loadSigningKey(dataDirectory);
  const signInCode = loadSignInCode(dataDirectory);
  const provider = createProvider({ publicUrl, signingKey, adapter: createIssuerState(dataDirectory) });
  const serveProtocol = provider.callback();
  const serveSignIn = createSignIn({ provider, checkCode: createSignInCheck(signInCode) });

  const handle: Handle = (request, response) => {
    const path = mountAt(publicUrl, request);
    if (path.startsWith('/interaction/')) serveSignIn(request, response).catch(failed(response));
    else if (!allowPages(path, request, response)) serveProtocol(request, response).catch(failed(response));
  };

  return {
    url: issuerUrl(publicUrl),
    signInCode,
    handlers: [{ prefix: ISSUER_PATH, handle }, ...rootDocuments(handle)],
    mintToken: async (request) => await mintToken({ publicUrl, signingKey }, request),
  };
}

/** RFC 8414 section 3.1: the path of an issuer goes behind the well-known part. OpenID's own rule is the other way. */
function rootDocuments(handle: Handle): ExtraHandler[] {
  return ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'].map((document) => ({
    prefix: document + ISSUER_PATH,
    handle(request, response) {
      request.url = ISSUER_PATH + document;
      handle(request, response);
    },
  }));
}

/**
 * Shows the provider the path below its own. Its URLs are made of the request's host: that is always the public one, for
 * an issuer has one name, by whatever name of this machine it was reached.
 */
function mountAt(publicUrl: string, request: IncomingMessage): string {
  const { url = ISSUER_PATH } = request;
  request.url = url.slice(ISSUER_PATH.length).replace(/^(?!\/)/, '/');
  request.headers.host = new URL(publicUrl).host;
  Object.assign(request, { baseUrl: ISSUER_PATH });
  return request.url.split('?')[0] ?? '/';
}

function failed(response: ServerResponse) {
  return (error: unknown): void => {
    process.emitWarning(error instanceof Error ? error : new Error(String(error)));
    if (!response.headersSent) response.writeHead(500);
    response.end();
  };
}
