import { randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { SIGNING_ALGORITHM, type SigningKey } from '../signing-key.ts';
import { issuerUrl } from './address.ts';

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

export interface TokenMint {
  readonly publicUrl: string;
  readonly signingKey: SigningKey;
}

/** An access token like those that the issuer gives after a login (RFC 9068), for whoever has the key. */
export async function mintToken({ publicUrl, signingKey }: TokenMint, request: TokenRequest): Promise<string> {
  const { tenant, scopes, subject = 'local-user', expires = '1h', claims } = request;
  const payload = { tenant, scope: scopes.join(' '), client_id: CLIENT_ID, jti: randomUUID() };
  const token = new SignJWT({ ...payload, iss: issuerUrl(publicUrl), aud: publicUrl, sub: subject, ...claims });
  if (claims?.exp === undefined) token.setExpirationTime(expires);
  if (claims?.iat === undefined) token.setIssuedAt();
  const header = { alg: SIGNING_ALGORITHM, kid: signingKey.kid, typ: 'at+jwt' };
  return await token.setProtectedHeader(header).sign(signingKey.privateKey);
}
