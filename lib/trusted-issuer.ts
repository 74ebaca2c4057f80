import { ENV } from '../lambdas/contract.ts';
import type { HubFunction } from './hub-function.ts';
import type { Identity } from './identity.ts';

/** Whose tokens the authorizer accepts, and how it reads them. */
export interface TrustedIssuer {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly clientIds: readonly string[];
  readonly algorithms: readonly string[];
  readonly jwksUri?: string | undefined;
  readonly tenantClaim: string;
  readonly scopePrefix: string;
}

export function grantTrust(fn: HubFunction, trusted: TrustedIssuer): void {
  fn.provide({
    [ENV.oidcIssuer]: trusted.issuer,
    [ENV.oidcAudiences]: trusted.audiences.join(),
    [ENV.oidcClientIds]: trusted.clientIds.join(),
    [ENV.oidcAlgorithms]: trusted.algorithms.join(),
    [ENV.oidcTenantClaim]: trusted.tenantClaim,
    [ENV.scopePrefix]: trusted.scopePrefix,
    ...(trusted.jwksUri === undefined ? {} : { [ENV.oidcJwksUri]: trusted.jwksUri }),
  });
}

/** For functions that tell a client which scopes it lacks. */
export function nameScopes(fn: HubFunction, { scopePrefix }: TrustedIssuer): void {
  fn.provide({ [ENV.scopePrefix]: scopePrefix });
}

/** For functions that tell a client where to get a token. */
export function nameIssuer(fn: HubFunction, trusted: TrustedIssuer): void {
  fn.provide({ [ENV.oidcIssuer]: trusted.issuer });
  nameScopes(fn, trusted);
}

/** Cognito's access tokens carry no `aud`, so its clients are named instead. */
export function trustPool(pool: Identity): TrustedIssuer {
  return {
    issuer: pool.issuer,
    audiences: [],
    clientIds: [pool.peopleClient, pool.machineClient, pool.adminClient].map((client) => client.userPoolClientId),
    algorithms: ['RS256'],
    tenantClaim: 'tenant',
    scopePrefix: pool.scopePrefix,
  };
}

/** The issuer of the local runtime, which runs beside the API and signs tokens for it. */
export function trustLocalRuntime(publicUrl: string): TrustedIssuer {
  return {
    issuer: `${publicUrl}/oidc`,
    audiences: [publicUrl],
    clientIds: [],
    algorithms: ['RS256'],
    tenantClaim: 'tenant',
    scopePrefix: '',
  };
}
