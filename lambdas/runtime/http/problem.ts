import { HubError, type HubErrorCode } from '../../hub/hub-error.ts';
import { challengeOf } from './challenge.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import { type HttpResponse, jsonResponse } from './response.ts';

/** The one translation of the hub's vocabulary into HTTP. */
const STATUS: Readonly<Record<HubErrorCode, number>> = {
  invalid_request: 400,
  unauthenticated: 401,
  insufficient_scope: 403,
  origin_refused: 403,
  tool_disabled: 403,
  server_disabled: 403,
  server_not_found: 404,
  tool_not_found: 404,
  resource_not_found: 404,
  prompt_not_found: 404,
  job_not_found: 404,
  task_not_found: 404,
  tool_quarantined: 409,
  server_not_synced: 409,
  needs_credentials: 409,
  job_finished: 409,
  slug_taken: 409,
  slug_reserved: 409,
  quota_exceeded: 409,
  conflict: 409,
  definition_changed: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_mismatch: 422,
  address_refused: 422,
  credential_required: 422,
  capability_required: 422,
  catalog_too_large: 422,
  rate_limited: 429,
  upstream_rate_limited: 429,
  internal: 500,
  upstream_unreachable: 502,
  upstream_unauthorized: 502,
  upstream_not_mcp: 502,
  upstream_redirected: 502,
  upstream_response_too_large: 502,
  upstream_error: 502,
  unavailable: 503,
  upstream_unavailable: 503,
  upstream_timeout: 504,
  loop_detected: 508,
};

/**
 * Problem details (RFC 9457) of an error. What is not a `HubError` is a defect of ours and says nothing but that.
 */
export function problemResponse(
  error: unknown,
  { requestId, ...hub }: { readonly requestId: string; readonly hubUrl: () => string; readonly scopePrefix: string },
): HttpResponse {
  const known =
    error instanceof HubError
      ? error
      : new HubError('internal', 'the hub failed; the request id helps us find out why');
  const status = STATUS[known.code];
  const standard = {
    type: 'about:blank',
    title: known.code.replaceAll('_', ' '),
    status,
    code: known.code,
    detail: known.message,
    requestId,
  };
  const body = { ...standard, ...known.details, ...standard };
  // API Gateway renames this header in a function's answer; its own 401 and 403 carry it as it is.
  const challenge = challengeOf(known, hub);
  const authenticate = challenge === undefined ? {} : { 'www-authenticate': challenge };
  const retryAfter = known.retryAfterSeconds === undefined ? {} : { 'retry-after': String(known.retryAfterSeconds) };
  return jsonResponse(status, body, {
    'content-type': 'application/problem+json',
    ...authenticate,
    ...retryAfter,
    ...rateLimitHeaders(known),
  });
}
