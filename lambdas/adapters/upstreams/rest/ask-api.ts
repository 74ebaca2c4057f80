import { isJsonObject, type JsonObject, measureJson } from '../../../hub/json.ts';
import type { RestRequest } from '../../../hub/system/rest-tool.ts';
import type { UpstreamContext, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Egress } from '../../egress/egress.ts';
import type { FetchLike } from '../../egress/guarded-fetch.ts';
import { type ApiRequest, transportFailure } from '../http-failure.ts';
import { requestScope } from '../request-scope.ts';
import { locate } from './locate.ts';

const MAX_RESPONSE_BYTES = 5 * 1024 * 1024;
const MAX_DEPTH = 128;

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where it is no JSON object; it is one where the request was fulfilled. */
  readonly body: JsonObject | undefined;
}

export function isFulfilled(answer: ApiAnswer): answer is ApiAnswer & { readonly body: JsonObject } {
  return answer.status >= 200 && answer.status < 300 && answer.body !== undefined;
}

export interface Question {
  readonly target: UpstreamTarget;
  readonly request: RestRequest;
  readonly context: UpstreamContext;
  readonly apiRequest: ApiRequest;
}

/** Sends a request once. What gets no answer that can be read fails in the hub's vocabulary. */
export async function askApi(
  { egress, hubId, now }: { readonly egress: Egress; readonly hubId: string; readonly now: () => number },
  { target, request, context, apiRequest }: Question,
): Promise<ApiAnswer> {
  const base = new URL(target.url);
  const scope = requestScope({ target, url: base, context, hubId, maxResponseBytes: MAX_RESPONSE_BYTES });
  const url = locate(base, request);
  try {
    return await exchange(egress.fetchFor(scope), url, request);
  } catch (error) {
    throw transportFailure(error, { ...apiRequest, now: now() });
  }
}

async function exchange(fetch: FetchLike, url: URL, { method, headers, body }: RestRequest): Promise<ApiAnswer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const { status, headers: answered } = response;
  if (response.ok) return { status, headers: answered, body: parse(await response.text()) };
  return {
    status,
    headers: answered,
    body: await response
      .text()
      .then(parse)
      .catch(() => undefined),
  };
}

function parse(text: string): JsonObject {
  const body: unknown = JSON.parse(text);
  if (!isJsonObject(body)) throw new Error('the answer is no JSON object');
  if (measureJson(body, { depth: MAX_DEPTH, nodes: Infinity }).depth > MAX_DEPTH) {
    throw new Error('the answer is nested too deeply for whoever reads it next');
  }
  return body;
}
