/** Every way in which the hub refuses or fails, as one closed vocabulary. Edges translate it by an exhaustive table. */
export const HUB_ERROR_CODES = [
  'invalid_request',
  'unauthenticated',
  'insufficient_scope',
  'origin_refused',
  'server_not_found',
  'tool_not_found',
  'resource_not_found',
  'prompt_not_found',
  'tool_disabled',
  'server_disabled',
  'tool_quarantined',
  'server_not_synced',
  'needs_credentials',
  'job_not_found',
  'job_finished',
  'task_not_found',
  'idempotency_mismatch',
  'slug_taken',
  'slug_reserved',
  'quota_exceeded',
  'conflict',
  'precondition_failed',
  'definition_changed',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
  'address_refused',
  'credential_required',
  'capability_required',
  'catalog_too_large',
  'loop_detected',
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_unauthorized',
  'upstream_not_mcp',
  'upstream_redirected',
  'upstream_response_too_large',
  'upstream_rate_limited',
  'upstream_unavailable',
  'upstream_error',
  'unavailable',
  'internal',
] as const;
export type HubErrorCode = (typeof HUB_ERROR_CODES)[number];

export interface HubErrorOptions {
  readonly cause?: unknown;
  /** Facts that may be shown to the caller, in addition to the message. Never upstream text, addresses or secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds after which a repeated request may succeed; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** The request did not leave the hub, so that its failure says nothing of the server. No caller sees this. */
  readonly nothingSent?: boolean;
}

/** The message is lowercase, without a final full stop, and tells the caller what to do. */
export class HubError extends Error {
  override readonly name = 'HubError' as const;
  readonly code: HubErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;
  readonly nothingSent: boolean;

  constructor(code: HubErrorCode, message: string, options: HubErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.nothingSent = options.nothingSent ?? false;
  }
}
