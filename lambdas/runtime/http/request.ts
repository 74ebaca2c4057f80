import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { AUTHORIZER_CONTEXT, SCOPES } from '../../contract.ts';
import type { Deadline } from '../../hub/deadline.ts';
import { HubError } from '../../hub/hub-error.ts';
import { measureJson } from '../../hub/json.ts';
import { CLOCK_TOLERANCE_SECONDS, type Principal, tenantIdSchema } from '../../hub/principal.ts';

/** Bodies are settings and arguments; API Gateway itself would let 10 MB through. */
const MAX_BODY_BYTES = 1024 * 1024;
const MAX_DEPTH = 128;
/** Kept back from the function's time limit so that a clear answer still gets out. */
const ANSWER_MARGIN_MS = 1_500;

/** A request to a route, as the routes see it. */
export interface HubRequest {
  readonly principal: Principal;
  readonly event: APIGatewayProxyEvent;
  readonly deadline: Deadline;
  /** Hubs that the request already came through. */
  readonly via: readonly string[];
  /** Origins that this API certainly has: the one the request came to, and API Gateway's own. */
  readonly ownOrigins: readonly string[];
}

const contextSchema = z.object({
  [AUTHORIZER_CONTEXT.tenantId]: tenantIdSchema,
  [AUTHORIZER_CONTEXT.subject]: z.string().check(z.minLength(1)),
  [AUTHORIZER_CONTEXT.clientId]: z.optional(z.string()),
  [AUTHORIZER_CONTEXT.scopes]: z.string(),
  [AUTHORIZER_CONTEXT.expiresAt]: z.coerce.number().check(z.positive()),
});

/** The principal that the authorizer established, as long as its token lasts. Without one there is no request. */
export function principalOf(event: APIGatewayProxyEvent, now: number): Principal {
  const parsed = contextSchema.safeParse(event.requestContext.authorizer ?? {});
  if (!parsed.success) throw new HubError('unauthenticated', 'send a bearer token of a configured issuer');
  const { tenantId, subject, clientId, scopes, expiresAt } = parsed.data;
  if (now > (expiresAt + CLOCK_TOLERANCE_SECONDS) * 1000) {
    throw new HubError('unauthenticated', 'the access token has expired; get a new one');
  }
  const granted = scopes.split(' ').filter((scope) => SCOPES.some((known) => known === scope));
  return { tenantId, subject, clientId: clientId || undefined, scopes: new Set(granted), expiresAt };
}

export function deadlineOf(context: Pick<Context, 'getRemainingTimeInMillis'>, now: number): Deadline {
  const remaining = Math.max(0, context.getRemainingTimeInMillis() - ANSWER_MARGIN_MS);
  return { at: now + remaining, signal: AbortSignal.timeout(remaining) };
}

export function ownOriginsOf({ requestContext }: APIGatewayProxyEvent, region: string): readonly string[] {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const hosts = [requestContext.domainName, `${requestContext.apiId}.execute-api.${region}.${suffix}`];
  return hosts.filter((host) => host !== undefined).map((host) => `https://${host}`);
}

/** A header whatever its case, as API Gateway passes it on: the last of several. */
export function headerOf(event: APIGatewayProxyEvent, name: string): string | undefined {
  const found = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

/** Every line of a header that may stand several times; what API Gateway gives once is in both of its maps. */
export function headerLinesOf(event: APIGatewayProxyEvent, name: string): readonly string[] {
  const lines = Object.entries(event.multiValueHeaders ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  const single = headerOf(event, name);
  return lines ?? (single === undefined ? [] : [single]);
}

/** The body by its schema. To a POST, an absent body is the empty object; a change must say what it changes to. */
export function bodyOf<S extends z.core.$ZodType>(event: APIGatewayProxyEvent, schema: S): z.output<S> {
  return valid(schema, jsonBodyOf(event), 'the body');
}

export function queryOf<S extends z.core.$ZodType>(event: APIGatewayProxyEvent, schema: S): z.output<S> {
  const repeated = Object.entries(event.multiValueQueryStringParameters ?? {}).find(
    ([, values]) => (values?.length ?? 0) > 1,
  );
  if (repeated !== undefined)
    throw new HubError('invalid_request', `send the query parameter "${repeated[0].slice(0, 64)}" once`);
  return valid(schema, event.queryStringParameters ?? {}, 'the query');
}

/** As it stands in the path: slugs and tool names have no character that a URL would encode. */
export function pathParameter(event: APIGatewayProxyEvent, name: string): string {
  const value = event.pathParameters?.[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}

export function bodyTextOf({ body, isBase64Encoded }: APIGatewayProxyEvent): string {
  return isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');
}

/** The body as JSON, of bounded size and depth. */
export function jsonBodyOf(event: APIGatewayProxyEvent): unknown {
  const body = bodyTextOf(event);
  if (body.trim() === '') {
    if (event.httpMethod === 'POST') return {};
    throw new HubError('invalid_request', 'send a body');
  }
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw new HubError('payload_too_large', 'the body has more than 1 MB; send less');
  }
  const mediaType = (headerOf(event, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new HubError('unsupported_media_type', 'send the body as JSON, with content-type: application/json');
  }
  try {
    return withinDepth(JSON.parse(body));
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError('invalid_request', 'the body is not JSON', {
      cause: new Error(error instanceof Error ? error.name : 'parse'),
    });
  }
}

/** Whatever walks a value later may recurse, so its depth is bounded here, without recursion. */
function withinDepth(value: unknown): unknown {
  if (measureJson(value, { depth: MAX_DEPTH, nodes: Number.POSITIVE_INFINITY }).depth > MAX_DEPTH) {
    throw new HubError('invalid_request', `the body is nested deeper than ${MAX_DEPTH} levels`);
  }
  return value;
}

/** What was sent, by its schema; `what` is what it is called in the refusal. */
export function valid<S extends z.core.$ZodType>(schema: S, input: unknown, what: string): z.output<S> {
  const parsed = z.safeParse(schema, input, { error: en().localeError });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 20).map(({ path, message }) => ({ path: `/${path.join('/')}`, message }));
  throw new HubError('invalid_request', `${what} is not what this route takes; see issues`, { details: { issues } });
}
