import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { type MisbehavingApi, startMisbehavingApi } from '../misbehaving-api.ts';
import { DOCUMENTED, type DocumentedOperation, REPEATABLE } from './documented.ts';
import { SAMPLE_ANSWERS } from './sample-answers.ts';

/** One limit of a plan, as it stands. */
export interface PlanLimit {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

export interface ApiError {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly meta?: object;
}

export interface BraveApi extends MisbehavingApi {
  /** May change while the API runs. */
  readonly state: {
    key: string;
    limits: readonly PlanLimit[];
    /** Every request is refused with it. */
    refusal: ApiError | undefined;
    /** Every request is answered with it, whatever it is. */
    raw: string | undefined;
  };
}

/** A server that takes what the API documents and nothing else, and answers in its shapes. */
export async function startBraveApi(t: Pick<TestContext, 'after'>, key: string): Promise<BraveApi> {
  const state: BraveApi['state'] = { key, limits: [], refusal: undefined, raw: undefined };
  const api = await startMisbehavingApi((request, response, body) => {
    setLimits(response, state.limits);
    const error = state.refusal ?? refusalOf(request, body, state.key);
    if (error !== undefined) return sendError(response, error);
    response.setHeader('content-type', 'application/json');
    response.end(state.raw ?? JSON.stringify(SAMPLE_ANSWERS[urlOf(request).pathname]));
  });
  t.after(() => api.close());
  return { ...api, state };
}

export const RATE_LIMITED: ApiError = {
  status: 429,
  code: 'RATE_LIMITED',
  detail: 'Request rate limit exceeded for plan',
  meta: { component: 'rate_limiter' },
};
export const QUOTA_LIMITED: ApiError = {
  ...RATE_LIMITED,
  code: 'QUOTA_LIMITED',
  detail: 'Request quota limit exceeded',
};

function refusalOf(request: IncomingMessage, body: unknown, key: string): ApiError | undefined {
  const token = request.headers['x-subscription-token'];
  if (token === undefined) return invalid([['header', 'x-subscription-token']]);
  if (token !== key) {
    const detail = 'The provided subscription token is invalid.';
    return { status: 422, code: 'SUBSCRIPTION_TOKEN_INVALID', detail, meta: { component: 'authentication' } };
  }
  const operation = DOCUMENTED[urlOf(request).pathname];
  if (operation === undefined) return { status: 404, code: 'NOT_FOUND', detail: 'Not Found' };
  const wrong = [...wrongParameters(request, body, operation), ...wrongHeaders(request, operation)];
  return wrong.length === 0 ? undefined : invalid(wrong);
}

function wrongParameters(request: IncomingMessage, body: unknown, operation: DocumentedOperation): string[][] {
  const method = request.method ?? '';
  if (!operation.methods.includes(method)) return [['method']];
  if (request.headers.accept !== 'application/json') return [['header', 'accept']];
  const isPost = method === 'POST';
  if (isPost && request.headers['content-type'] !== 'application/json') return [['header', 'content-type']];
  const given = isPost ? inBody(body) : [...urlOf(request).searchParams];
  const names = given.map(([name]) => name);
  const wrong = given.filter(([name, value], i) => {
    const isRepeated = names.indexOf(name) !== i && !REPEATABLE.has(name);
    return isRepeated || operation.query[name]?.(value) !== true;
  });
  const missing = operation.required.filter((name) => !names.includes(name));
  if (names.filter((name) => name === 'ids').length > 20) return [['query', 'ids']];
  return [...wrong.map(([name]) => name), ...missing].map((name) => [isPost ? 'body' : 'query', name]);
}

function wrongHeaders({ headers }: IncomingMessage, operation: DocumentedOperation): string[][] {
  const location = Object.entries(headers).filter(([name]) => name.startsWith('x-loc-'));
  const wrong = location.filter(([name, value]) => operation.headers?.[name]?.(String(value)) !== true);
  return wrong.map(([name]) => ['header', name]);
}

function inBody(body: unknown): [string, string][] {
  return Object.entries(Object(body)).flatMap(([name, value]): [string, string][] => {
    if (Array.isArray(value) && REPEATABLE.has(name)) return value.map((one) => [name, String(one)]);
    return [[name, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
}

function invalid(places: readonly string[][]): ApiError {
  const errors = places.map((loc) => ({ type: 'value_error', loc, msg: 'Input is not valid' }));
  return { status: 422, code: 'VALIDATION', detail: 'Unable to validate request parameter(s)', meta: { errors } };
}

function setLimits(response: ServerResponse, limits: readonly PlanLimit[]): void {
  if (limits.length === 0) return;
  const set = (name: string, valueOf: (limit: PlanLimit) => string | number) =>
    response.setHeader(`X-RateLimit-${name}`, limits.map(valueOf).join(', '));
  set('Limit', ({ limit }) => limit);
  set('Policy', ({ limit, windowSeconds }) => `${limit};w=${windowSeconds}`);
  set('Remaining', ({ remaining }) => remaining);
  set('Reset', ({ resetSeconds }) => resetSeconds);
}

function sendError(response: ServerResponse, { status, code, detail, meta = {} }: ApiError): void {
  const error = { id: '5d832250-9396-4f6e-b84a-2a1fe524cd7d', status, code, detail, meta };
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'ErrorResponse', error, time: 1_663_072_993 }));
}

function urlOf({ url = '' }: IncomingMessage): URL {
  return new URL(url, 'http://localhost');
}
