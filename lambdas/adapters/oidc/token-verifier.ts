import { createRemoteJWKSet, customFetch, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod/mini';
import { SCOPES } from '../../contract.ts';
import { HubError } from '../../hub/hub-error.ts';
import { CLOCK_TOLERANCE_SECONDS, type Principal, tenantIdSchema } from '../../hub/principal.ts';

export interface TokenVerifierConfig {
  readonly issuer: string;
  /** Read from the issuer's discovery document when empty. */
  readonly jwksUri: string;
  /** Accepted `aud` values, beside the hub's own URL. */
  readonly audiences: readonly string[];
  /** Accepted `client_id` values of tokens that carry no `aud`. */
  readonly clientIds: readonly string[];
  readonly algorithms: readonly string[];
  readonly tenantClaim: string;
  readonly scopePrefix: string;
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
}

/** Whether an `aud` value is this hub's own URL, as the request says under which it was reached. */
export type IsOwnUrl = (audience: string) => boolean;

export type TokenVerifier = (token: string, isOwnUrl: IsOwnUrl) => Promise<Principal>;

/** Access token types of RFC 9068 and of issuers that do not follow it; anything else is a token for something else. */
const ACCESS_TOKEN_TYPES: ReadonlySet<string> = new Set(['at+jwt', 'application/at+jwt', 'jwt']);

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Verifies access tokens of one OIDC issuer. `HubError('unauthenticated')` for a token that does not hold,
 * `HubError('unavailable')` when the issuer's keys cannot be had; there is no third way out but a total principal.
 */
export function createTokenVerifier(config: TokenVerifierConfig): TokenVerifier {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;

  return async (token, isOwnUrl) => {
    const keySet = await currentKeys();
    const { payload } = await verify(token, keySet);
    if (!isMeantForUs(payload, config, isOwnUrl)) throw invalidToken();
    return principalOf(payload, config);
  };

  /** Remembered once it succeeded; jose itself refreshes the keys inside. */
  async function currentKeys(): Promise<ReturnType<typeof createRemoteJWKSet>> {
    keys ??= remoteKeys(config);
    try {
      return await keys;
    } catch (error) {
      keys = undefined;
      throw issuerUnavailable(error);
    }
  }

  async function verify(token: string, keySet: ReturnType<typeof createRemoteJWKSet>) {
    const type = tokenType(token);
    if (type !== undefined && !ACCESS_TOKEN_TYPES.has(type)) throw invalidToken();
    try {
      return await jwtVerify(token, keySet, {
        issuer: config.issuer,
        algorithms: [...config.algorithms],
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
    } catch (error) {
      throw error instanceof errors.JOSEError && !isKeyFetchFailure(error)
        ? invalidToken(error)
        : issuerUnavailable(error);
    }
  }
}

function tokenType(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).typ?.toLowerCase();
  } catch (error) {
    throw invalidToken(error);
  }
}

async function remoteKeys(config: TokenVerifierConfig): Promise<ReturnType<typeof createRemoteJWKSet>> {
  const uri = config.jwksUri === '' ? await discoverJwksUri(config) : config.jwksUri;
  return createRemoteJWKSet(new URL(uri), {
    [customFetch]: (url, init) => config.fetch(url, init),
    timeoutDuration: 3_000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  });
}

/** OpenID Connect Discovery 1.0 section 4; the document must name the very issuer that it was fetched from (4.3). */
async function discoverJwksUri({ issuer, fetch }: TokenVerifierConfig): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  if (!response.ok) throw new Error(`discovery answered ${response.status}`);
  const document = discoverySchema.parse(await response.json());
  if (document.issuer !== issuer) throw new Error('discovery names another issuer');
  return document.jwks_uri;
}

function isKeyFetchFailure(error: errors.JOSEError): boolean {
  return (
    error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.code === 'ERR_JOSE_GENERIC'
  );
}

function principalOf(payload: JWTPayload, config: TokenVerifierConfig): Principal {
  if (isIdToken(payload)) throw invalidToken();
  const tenant = tenantIdSchema.safeParse(payload[config.tenantClaim]);
  if (!tenant.success || !payload.sub || payload.exp === undefined) throw invalidToken();
  const clientId = payload['client_id'];
  return {
    tenantId: tenant.data,
    subject: payload.sub,
    clientId: typeof clientId === 'string' ? clientId : undefined,
    scopes: scopesOf(payload, config.scopePrefix),
    expiresAt: payload.exp,
  };
}

/** The audience decides; a client id counts only for tokens that name no audience at all, as Cognito's. */
function isMeantForUs(payload: JWTPayload, { audiences, clientIds }: TokenVerifierConfig, isOwnUrl: IsOwnUrl): boolean {
  // Who configured neither did not decide whom to trust, and the hub's own URL decides it for nobody.
  if (audiences.length + clientIds.length === 0) return false;
  if (payload.aud !== undefined)
    return [payload.aud].flat().some((audience) => audiences.includes(audience) || isOwnUrl(audience));
  const clientId = payload['client_id'];
  return typeof clientId === 'string' && clientIds.includes(clientId);
}

function isIdToken(payload: JWTPayload): boolean {
  const use = payload['token_use'];
  return (use !== undefined && use !== 'access') || 'nonce' in payload || 'at_hash' in payload;
}

/** `scope` (RFC 9068) or `scp` (Entra, Okta); what is not one of the hub's scopes with its prefix is not there. */
function scopesOf(payload: JWTPayload, prefix: string): ReadonlySet<string> {
  const claim = payload['scope'] ?? payload['scp'];
  const granted = Array.isArray(claim) ? claim.map(String) : typeof claim === 'string' ? claim.split(' ') : [];
  return new Set(SCOPES.filter((scope) => granted.includes(`${prefix}${scope}`)));
}

function invalidToken(cause?: unknown): HubError {
  return new HubError('unauthenticated', 'the access token is not valid here; get a new one', { cause });
}

function issuerUnavailable(cause: unknown): HubError {
  return new HubError('unavailable', 'the keys of the token issuer cannot be had right now; try again', { cause });
}
