import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { HubError, type HubErrorCode } from '../hub/hub-error.ts';
import type { JobError } from '../hub/jobs/job.ts';
import { isJsonObject, type JsonObject } from '../hub/json.ts';
import type { Era } from './interaction.ts';

const { InvalidParams, InternalError, MissingRequiredClientCapability } = ProtocolErrorCode;

/** Of the hub's own: the protocol has none for it, and leaves numbers outside of its range to applications. */
const RATE_LIMITED = 429;

/** The one translation of the hub's vocabulary into JSON-RPC. `data.code` tells the rest. */
const CODES: Readonly<Record<JobError['code'], number>> = {
  invalid_request: InvalidParams,
  unauthenticated: InvalidParams,
  insufficient_scope: InvalidParams,
  origin_refused: InvalidParams,
  server_not_found: InvalidParams,
  tool_not_found: InvalidParams,
  resource_not_found: InvalidParams,
  prompt_not_found: InvalidParams,
  tool_disabled: InvalidParams,
  server_disabled: InvalidParams,
  tool_quarantined: InvalidParams,
  server_not_synced: InvalidParams,
  needs_credentials: InvalidParams,
  job_not_found: InvalidParams,
  job_finished: InvalidParams,
  task_not_found: InvalidParams,
  idempotency_mismatch: InvalidParams,
  slug_taken: InvalidParams,
  slug_reserved: InvalidParams,
  quota_exceeded: InvalidParams,
  conflict: InvalidParams,
  precondition_failed: InvalidParams,
  definition_changed: InternalError,
  payload_too_large: InvalidParams,
  unsupported_media_type: InvalidParams,
  rate_limited: RATE_LIMITED,
  address_refused: InternalError,
  credential_required: InternalError,
  capability_required: MissingRequiredClientCapability,
  catalog_too_large: InternalError,
  loop_detected: InternalError,
  upstream_unreachable: InternalError,
  upstream_timeout: InternalError,
  upstream_unauthorized: InternalError,
  upstream_not_mcp: InternalError,
  upstream_redirected: InternalError,
  upstream_response_too_large: InternalError,
  upstream_rate_limited: InternalError,
  upstream_unavailable: InternalError,
  upstream_error: InternalError,
  unavailable: InternalError,
  internal: InternalError,
  worker_lost: InternalError,
  poisoned: InternalError,
  cancelled: InternalError,
  expired: InternalError,
};

/** What is not a `HubError` is a defect of ours and says nothing but that. */
export function protocolError(error: unknown, era: Era): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (!(error instanceof HubError)) {
    return new ProtocolError(InternalError, 'the hub failed', { code: 'internal' satisfies HubErrorCode });
  }
  return translated(error, era);
}

/** How a task failed, for a client that asks for the task. */
export function taskError(failure: HubError | JobError): JsonObject {
  const { code, message, data } = translated(failure, 'modern');
  return { code, message, ...(isJsonObject(data) && { data }) };
}

function translated(error: HubError | JobError, era: Era): ProtocolError {
  const { code, message, details = {} } = error;
  const retryAfterSeconds = error instanceof HubError ? error.retryAfterSeconds : undefined;
  if (code === 'capability_required') {
    const wireCode = era === 'modern' ? CODES[code] : InternalError;
    return new ProtocolError(wireCode, message, { requiredCapabilities: {}, ...details, code });
  }
  const { jsonRpcCode, jsonRpcMessage, ...rest } = details;
  const data = { ...rest, code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  if (typeof jsonRpcCode === 'number' && typeof jsonRpcMessage === 'string') {
    return new ProtocolError(relayedCode(jsonRpcCode) ?? CODES[code], jsonRpcMessage, data);
  }
  return new ProtocolError(CODES[code], message, data);
}

/** Of the codes that the protocol reserves, those that mean the same at every hop. */
const PASSED_ON: readonly number[] = [InvalidParams, InternalError];

/**
 * A server's own error code, as far as it speaks of what the caller asked. What it says of the messages that it got
 * from the hub (parse error, unknown method, headers, revision) means nothing to the caller, and neither do codes that
 * the caller's revision reserves.
 */
function relayedCode(code: number): number | undefined {
  if (PASSED_ON.includes(code)) return code;
  const isReserved = code >= -32_768 && code <= -32_000;
  return isReserved ? undefined : code;
}
