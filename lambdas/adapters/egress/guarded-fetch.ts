import type { IncomingMessage } from 'node:http';
import { EgressError } from './egress-error.ts';
import { requestHeaders, responseHeaders } from './fetch-headers.ts';
import type { GuardedAgent } from './guarded-agent.ts';
import { type EgressPolicy, parseUpstreamUrl } from './parse-upstream-url.ts';
import { bodyOf, decoderOf } from './response-body.ts';
import { explainTransportError, type OutgoingRequest, sendRequest } from './send-request.ts';

export type FetchLike = (input: string | URL, init?: RequestInit) => Promise<Response>;

/** What one use of the network may do: for whom, to where, with which secrets, how much and for how long. */
export interface EgressScope {
  /** Sockets are shared within a partition only: tenant and server. */
  readonly partition: string;
  /** `URL.origin` outside of which no request is made. */
  readonly onlyOrigin?: string;
  /** Attached to requests whose origin is exactly this one, and to no other. */
  readonly secretHeaders?: { readonly origin: string; readonly headers: Readonly<Record<string, string>> };
  /** Attached to every request; never secret. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** Hands redirects out, with their `location`, to a caller that decides about each; otherwise they are refused. */
  readonly handsOutRedirects?: boolean;
  /** Hands cookies out, to a caller that keeps them apart from everybody else's; otherwise they are dropped. */
  readonly handsOutCookies?: boolean;
  /** Characters of a URL, where it may be longer than what somebody registers. */
  readonly maxUrlLength?: number;
  /** Limit of each response's body, decoded. */
  readonly maxResponseBytes: number;
  /** The absolute deadline; ends responses that are still streaming, too. */
  readonly signal: AbortSignal;
}

const NULL_BODY_STATUS = new Set([204, 205, 304]);

/**
 * A `fetch` for one scope, in which `init` has a method, headers, a body in memory and a signal. It follows no redirect:
 * a server that moved has to be registered anew, so that its new address is seen, checked and consented to.
 */
export function createGuardedFetch(
  policy: EgressPolicy,
  agentFor: (url: URL) => GuardedAgent,
  scope: EgressScope,
): FetchLike {
  return async (input, init = {}) => {
    const url = parseUpstreamUrl(String(input), policy, scope.maxUrlLength);
    refuseOutOfScope(url, scope);
    const outgoing = outgoingRequest(url, init, scope);
    const explain = (error: unknown): unknown =>
      init.signal?.aborted ? init.signal.reason : explainAfter(scope.signal, error);
    try {
      return toResponse(await sendRequest(agentFor(url), outgoing), outgoing, scope, explain);
    } catch (error) {
      throw explain(error);
    }
  };
}

function explainAfter(deadline: AbortSignal, error: unknown): EgressError {
  return deadline.aborted ? new EgressError('ABORTED') : explainTransportError(error);
}

function refuseOutOfScope(url: URL, { onlyOrigin }: EgressScope): void {
  if (onlyOrigin !== undefined && url.origin !== onlyOrigin) throw new EgressError('CROSS_ORIGIN');
}

function outgoingRequest(url: URL, init: RequestInit, scope: EgressScope): OutgoingRequest {
  const { body, contentType } = bodyInMemory(init.body);
  const secrets = scope.secretHeaders?.origin === url.origin ? scope.secretHeaders.headers : undefined;
  return {
    url,
    method: (init.method ?? 'GET').toUpperCase(),
    headers: requestHeaders([contentType, init.headers, secrets, scope.extraHeaders]),
    body,
    partition: scope.partition,
    signal: init.signal ? AbortSignal.any([scope.signal, init.signal]) : scope.signal,
  };
}

function bodyInMemory(body: RequestInit['body']): Pick<OutgoingRequest, 'body'> & { contentType?: HeadersInit } {
  if (body === undefined || body === null) return { body: undefined };
  if (typeof body === 'string') return { body, contentType: { 'content-type': 'text/plain;charset=UTF-8' } };
  if (body instanceof Uint8Array) return { body };
  if (body instanceof URLSearchParams) {
    return {
      body: body.toString(),
      contentType: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    };
  }
  throw new Error('the guarded fetch sends strings, bytes and forms');
}

function toResponse(
  message: IncomingMessage,
  { method }: OutgoingRequest,
  { maxResponseBytes: maxBytes, handsOutRedirects = false, handsOutCookies = false }: EgressScope,
  explain: (error: unknown) => unknown,
): Response {
  try {
    const status = acceptedStatus(message, handsOutRedirects);
    const empty = method === 'HEAD' || NULL_BODY_STATUS.has(status);
    if (!empty && Number(message.headers['content-length']) > maxBytes) throw new EgressError('RESPONSE_TOO_LARGE');
    const decoder = empty ? undefined : decoderOf(message);
    const headers = responseHeaders(message.rawHeaders, { decoded: decoder !== undefined, handsOutCookies });
    const { location } = message.headers;
    if (handsOutRedirects && isRedirect(status) && location !== undefined) headers.set('location', location);
    if (empty) message.resume();
    // No status text: it would be the server's words in the hub's errors.
    return new Response(empty ? null : bodyOf(message, decoder, maxBytes, explain), { status, headers });
  } catch (error) {
    message.destroy();
    throw error;
  }
}

function acceptedStatus(message: IncomingMessage, redirectsAreAccepted: boolean): number {
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) throw new EgressError('RESPONSE_MALFORMED');
  const redirects = isRedirect(status) && message.headers.location !== undefined;
  if (redirects && !redirectsAreAccepted) throw new EgressError('REDIRECT');
  return status;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}
