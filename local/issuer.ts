import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type JWTPayload, SignJWT } from 'jose';
import { SCOPES } from '../lambdas/contract.ts';
import type { ExtraHandler } from './api/rest-api.ts';
import { loadSigningKey, SIGNING_ALGORITHM } from './signing-key.ts';

const PREFIX = '/oidc';
const CLIENT_ID = 'local-cli';

export interface TokenRequest {
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly subject?: string;
  /** `90s`, `15m`, `1h`, `7d`. */
  readonly expires?: string;
  /** Replaces claims, for tests that need a token which the hub must refuse. */
  readonly claims?: JWTPayload;
}

/** The OIDC issuer of the local stage. It has no login: whoever can read the data directory can mint tokens. */
export interface Issuer {
  readonly url: string;
  readonly handler: ExtraHandler;
  mintToken(request: TokenRequest): Promise<string>;
}

export async function createIssuer({
  publicUrl,
  dataDirectory,
}: {
  readonly publicUrl: string;
  readonly dataDirectory: string;
}): Promise<Issuer> {
  const { kid, privateKey, publicJwk } = await loadSigningKey(dataDirectory);
  const url = publicUrl + PREFIX;
  const documents = new Map<string, object>([
    [`${PREFIX}/.well-known/openid-configuration`, discovery(url)],
    [`${PREFIX}/jwks.json`, { keys: [publicJwk] }],
  ]);
  return {
    url,
    handler: { prefix: PREFIX, handle: (request, response) => answer(documents, request, response) },
    async mintToken({ tenant, scopes, subject = 'local-user', expires = '1h', claims }) {
      const payload = { tenant, scope: scopes.join(' '), client_id: CLIENT_ID, jti: randomUUID() };
      const token = new SignJWT({ ...payload, iss: url, aud: publicUrl, sub: subject, ...claims });
      if (claims?.exp === undefined) token.setExpirationTime(expires);
      if (claims?.iat === undefined) token.setIssuedAt();
      return await token.setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: 'at+jwt' }).sign(privateKey);
    },
  };
}

function discovery(issuer: string): object {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks.json`,
    scopes_supported: SCOPES,
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [SIGNING_ALGORITHM],
  };
}

function answer(documents: ReadonlyMap<string, object>, request: IncomingMessage, response: ServerResponse): void {
  const [path = ''] = (request.url ?? '').split('?');
  const document = request.method === 'GET' ? documents.get(path) : undefined;
  response.writeHead(document === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(document ?? { error: 'not_found' }));
}
