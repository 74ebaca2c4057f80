import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import { evaluatePolicies } from '../iam/evaluate-policies.ts';
import type { InvokeResult } from '../lambda/function-host.ts';
import type { AuthorizerModel, PolicyDocument } from '../template/stack-model.ts';
import { GatewayError } from './gateway-error.ts';
import { type GatewayRequest, header } from './gateway-request.ts';

interface AuthorizationRequest {
  readonly request: GatewayRequest;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly methodArn: string;
  /** Built only when the function is asked. */
  readonly event: () => unknown;
}

/** What reaches the integration as `requestContext.authorizer`. */
export type AuthorizerContext = Readonly<Record<string, string | number>>;

export interface Authorizer {
  /** Throws a {@link GatewayError} for everything but an allowed call. */
  authorize(request: AuthorizationRequest): Promise<AuthorizerContext>;
}

export interface AuthorizerOptions {
  readonly model: AuthorizerModel;
  readonly invoke: (event: unknown) => Promise<InvokeResult>;
  /** `performance`, or a test's clock. */
  readonly clock?: { now(): number };
}

interface Verdict {
  readonly policy: PolicyDocument;
  readonly context: AuthorizerContext;
}

const CACHE_ENTRIES = 1_000;

/**
 * A REQUEST authorizer with API Gateway's result cache. What is cached per identity is the policy, not the decision: a
 * policy that allows only the method that happened to be called first denies the next one, as it does on AWS.
 */
export function createAuthorizer({ model, invoke, clock = performance }: AuthorizerOptions): Authorizer {
  const ttl = model.resultTtlSeconds * 1000;
  const cache = new LRUCache<string, Verdict>({
    max: CACHE_ENTRIES,
    ttl: Math.max(ttl, 1),
    perf: clock,
    ttlResolution: 0,
  });

  async function verdictFor(asked: AuthorizationRequest): Promise<Verdict> {
    const identity = JSON.stringify(readIdentity(model.identitySources, asked));
    const known = ttl > 0 ? cache.get(identity) : undefined;
    if (known !== undefined) return { ...known, context: { ...known.context, integrationLatency: 0 } };
    const startedAt = clock.now();
    const output = readOutput(await invoke(asked.event()));
    const integrationLatency = Math.round(clock.now() - startedAt);
    const verdict = { policy: output.policyDocument, context: { ...contextOf(output), integrationLatency } };
    if (ttl > 0) cache.set(identity, verdict);
    return verdict;
  }

  return {
    async authorize(asked) {
      const { policy, context } = await verdictFor(asked);
      const call = { action: 'execute-api:Invoke', resource: asked.methodArn, context: new Map() };
      const decision = evaluatePolicies([policy], call);
      if (decision === 'allowed') return context;
      throw new GatewayError('ACCESS_DENIED', {
        authorizer: Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)])),
        ...(decision === 'explicitly_denied' && {
          message: 'User is not authorized to access this resource with an explicit deny',
        }),
      });
    },
  };
}

function readIdentity(sources: readonly string[], { request, pathParameters }: AuthorizationRequest): string[] {
  return sources.map((source) => {
    const value = readSource(source, request, pathParameters);
    if (value === undefined || value === '') throw new GatewayError('UNAUTHORIZED');
    return value;
  });
}

function readSource(
  source: string,
  request: GatewayRequest,
  pathParameters: Readonly<Record<string, string>>,
): string | undefined {
  const [, kind, name = ''] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(source) ?? [];
  if (kind === 'header') return header(request, name);
  if (kind === 'querystring') return request.query.get(name) ?? undefined;
  if (kind === 'path') return pathParameters[name];
  throw new Error(
    `identity source ${source} is not supported locally: use a header, a query parameter or a path parameter`,
  );
}

const oneOrMore = z.union([z.string(), z.array(z.string())]);
/** Conditions are left out on purpose: a policy that has one is refused instead of half understood. */
const policySchema = z.object({
  Version: z.string().default('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z.string().default(''),
      Effect: z.enum(['Allow', 'Deny']),
      Action: oneOrMore,
      Resource: oneOrMore,
    }),
  ),
});

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const outputSchema = z.object({
  principalId: z.string(),
  policyDocument: policySchema,
  // Objects and arrays are not valid context values on API Gateway.
  context: z.record(z.string(), scalar).nullish(),
  usageIdentifierKey: z.string().nullish(),
});
type AuthorizerOutput = z.infer<typeof outputSchema>;

function readOutput(result: InvokeResult): AuthorizerOutput {
  if (result.outcome === 'error' && result.error.errorMessage === 'Unauthorized')
    throw new GatewayError('UNAUTHORIZED');
  if (result.outcome !== 'ok') throw new GatewayError('AUTHORIZER_FAILURE');
  const parsed = outputSchema.safeParse(JSON.parse(result.payload));
  if (!parsed.success) throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR');
  return parsed.data;
}

/** Every value becomes a string on its way to the integration; null has none. */
function contextOf({ principalId, context }: AuthorizerOutput): Record<string, string> {
  const given = Object.entries(context ?? {}).flatMap(([name, value]) =>
    value === null ? [] : [[name, String(value)] as const],
  );
  return { ...Object.fromEntries(given), principalId };
}
