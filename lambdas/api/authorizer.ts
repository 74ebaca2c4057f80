import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { createEgress } from '../adapters/egress/egress.ts';
import { createTokenVerifier } from '../adapters/oidc/token-verifier.ts';
import { AUTHORIZER_CONTEXT, ROUTES } from '../contract.ts';
import { HubError } from '../hub/hub-error.ts';
import type { Principal } from '../hub/principal.ts';
import { readEnv } from '../runtime/env.ts';
import { hubUrlOf, namesHub } from '../runtime/http/hub-url.ts';
import { opensRoute } from '../runtime/http/route-scope.ts';
import { describeError, logger } from '../runtime/logger.ts';

const MAX_JWKS_BYTES = 256 * 1024;
const JWKS_TIMEOUT_MS = 3_000;

const env = readEnv(
  'oidcIssuer',
  'oidcJwksUri',
  'oidcAudiences',
  'oidcClientIds',
  'oidcAlgorithms',
  'oidcTenantClaim',
  'scopePrefix',
  'egressAllowLoopback',
  'egressPorts',
);

const egress = createEgress({
  allowLoopback: env.egressAllowLoopback,
  ports: env.egressPorts.map(Number),
  ownOrigins: [],
});

const verify = createTokenVerifier({
  issuer: env.oidcIssuer,
  jwksUri: env.oidcJwksUri,
  audiences: env.oidcAudiences,
  clientIds: env.oidcClientIds,
  algorithms: env.oidcAlgorithms,
  tenantClaim: env.oidcTenantClaim,
  scopePrefix: env.scopePrefix,
  fetch: (url, init) =>
    egress.fetchFor({
      partition: 'issuer',
      maxResponseBytes: MAX_JWKS_BYTES,
      signal: AbortSignal.timeout(JWKS_TIMEOUT_MS),
    })(url, init),
});

/**
 * API Gateway's REQUEST authorizer. An invalid token throws `Unauthorized`, which API Gateway answers with its 401 gateway
 * response; every other failure answers 500. No path returns a principal but a verified token.
 */
export const handler = async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
  try {
    const isOwnUrl = (audience: string): boolean => namesHub(audience, hubUrlOf(event));
    return policyFor(await verify(bearerToken(event), isOwnUrl), event.methodArn);
  } catch (error) {
    logger.info('not authorized', describeError(error));
    throw refusal(error);
  }
};

/** Without the cause: Lambda writes an error that leaves a handler into the log, whole. */
function refusal(error: unknown): Error {
  const isInvalidToken = error instanceof HubError && error.code === 'unauthenticated';
  return new Error(isInvalidToken ? 'Unauthorized' : 'authorization is unavailable');
}

/** RFC 6750 section 2.1. */
function bearerToken(event: APIGatewayRequestAuthorizerEvent): string {
  const header = Object.entries(event.headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  const token = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw new HubError('unauthenticated', 'send a bearer token');
  return token;
}

/**
 * Allows exactly the routes whose scope the token has. API Gateway caches the policy per token and applies it to every
 * route of the stage, so it never speaks of the requested route alone.
 */
function policyFor(principal: Principal, methodArn: string): APIGatewayAuthorizerResult {
  const stageArn = methodArn.split('/').slice(0, 2).join('/');
  const allowed = ROUTES.filter(({ scope }) => opensRoute(principal.scopes, scope)).flatMap((route) =>
    requestedPaths(route).map((path) => `${stageArn}/${route.method}${path.replace(/\{[^}]+\}/g, '*')}`),
  );
  const statement =
    allowed.length > 0
      ? { Effect: 'Allow' as const, Action: 'execute-api:Invoke', Resource: allowed }
      : { Effect: 'Deny' as const, Action: 'execute-api:Invoke', Resource: `${stageArn}/*` };
  return {
    principalId: principal.subject,
    policyDocument: { Version: '2012-10-17', Statement: [statement] },
    context: {
      [AUTHORIZER_CONTEXT.tenantId]: principal.tenantId,
      [AUTHORIZER_CONTEXT.subject]: principal.subject,
      [AUTHORIZER_CONTEXT.clientId]: principal.clientId ?? '',
      [AUTHORIZER_CONTEXT.scopes]: [...principal.scopes].join(' '),
      [AUTHORIZER_CONTEXT.expiresAt]: String(principal.expiresAt),
    },
  };
}

/**
 * API Gateway ignores a final slash when it looks for the resource, but not when it applies a policy. People write the
 * URL of an MCP server into their clients, often with one, and a 403 would send these for a token with more scopes.
 */
function requestedPaths({ path, handledBy }: (typeof ROUTES)[number]): readonly string[] {
  return handledBy === 'mcp' ? [path, `${path}/`] : [path];
}
