import type { Deadline } from '../../hub/deadline.ts';
import { HubError } from '../../hub/hub-error.ts';
import { EgressError } from '../egress/egress-error.ts';
import { EGRESS_FAILURES, FAILURE_MESSAGES, type FailureCode } from './failure-codes.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** A request to an API over HTTP, as far as its failure depends on it. */
export interface ApiRequest {
  readonly deadline: Deadline;
  readonly now: number;
  /** It changes something, so that a missing answer does not mean that nothing happened. */
  readonly mayTakeEffect: boolean;
}

const AMBIGUOUS: ReadonlySet<FailureCode> = new Set([
  'upstream_timeout',
  'upstream_error',
  'upstream_response_too_large',
]);

/** What became of a request that got no answer, or none that can be read. Contains nothing that the API sent. */
export function transportFailure(error: unknown, request: ApiRequest): HubError {
  if (error instanceof HubError) return error;
  const { deadline, now } = request;
  if (deadline.signal.aborted || now >= deadline.at) return failed('upstream_timeout', request);
  if (error instanceof EgressError) {
    const code = EGRESS_FAILURES[error.code];
    return failed(code === 'upstream_not_mcp' ? 'upstream_error' : code, request);
  }
  return failed('upstream_error', request);
}

export interface Refusal {
  readonly status: number;
  /** As the header has it. */
  readonly retryAfter: string | null;
}

/**
 * A status that says nothing to who called the tool: the credential, the limit or the API itself is the trouble. What a
 * caller can mend by other arguments (400, 404, 409, 422) is no failure of the server but the tool's own error result.
 */
export function statusFailure({ status, retryAfter }: Refusal, request: ApiRequest): HubError {
  if (status === 401 || status === 403) return answered('upstream_unauthorized');
  if (status >= 300 && status < 400) return answered('upstream_redirected');
  if (status === 429) {
    const seconds = retryAfterSeconds(retryAfter, request.now);
    return new HubError('upstream_rate_limited', FAILURE_MESSAGES.upstream_rate_limited, {
      ...(seconds !== undefined && { retryAfterSeconds: seconds }),
    });
  }
  const details = { httpStatus: status };
  return status >= 500 ? failed('upstream_error', request, details) : answered('upstream_error', details);
}

function answered(code: FailureCode, details: Readonly<Record<string, unknown>> = {}): HubError {
  return new HubError(code, FAILURE_MESSAGES[code], { details });
}

function failed(
  code: FailureCode,
  { mayTakeEffect }: ApiRequest,
  details: Readonly<Record<string, unknown>> = {},
): HubError {
  const unknown = mayTakeEffect && AMBIGUOUS.has(code) ? { outcome: 'unknown' } : {};
  return answered(code, { ...details, ...unknown });
}
