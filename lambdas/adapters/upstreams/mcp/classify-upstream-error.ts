import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError, SseError } from '@modelcontextprotocol/client';
import type { Deadline } from '../../../hub/deadline.ts';
import { HubError } from '../../../hub/hub-error.ts';
import { EgressError } from '../../egress/egress-error.ts';
import { FloodError, UnansweredError } from './answering-transport.ts';
import { EGRESS_FAILURES, FAILURE_MESSAGES, type FailureCode } from '../failure-codes.ts';
import { presentableText } from '../presentable-text.ts';
import { retryAfterSeconds } from '../retry-after.ts';
import { type JsonRpcError, jsonRpcErrorIn } from './json-rpc-error.ts';
import { TooDeepError } from './raw-result.ts';
import { refusesApiKey } from './refused-api-key.ts';
import { requiredCapabilitiesIn } from './required-capabilities.ts';
import { SDK_FAILURES } from './sdk-failures.ts';
import { HttpRefusal } from './wire.ts';

const HEADER_MISMATCH = -32_020;
const MISSING_CAPABILITY = -32_021;
const UNSUPPORTED_VERSION = -32_022;

export interface Circumstances {
  /** What the HTTP side saw first; tells more than what the SDK made of it. */
  readonly wireFailure: unknown;
  readonly deadline: Deadline;
  readonly now: number;
  /** A tool was being called, so that a missing answer does not mean that nothing happened. */
  readonly calling: boolean;
  /** The server speaks the stateless revision, which gives some error codes a meaning of their own. */
  readonly modern: boolean;
  /** Never repeated, even when the upstream does. */
  readonly secrets: readonly string[];
}

interface Failure {
  readonly code: FailureCode;
  /** Where there is more to say than for the code in general. */
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  /** The upstream itself said that it did not do what it was asked. */
  readonly answered?: true;
}

/** Translates every failure of the guarded fetch, the SDK and the upstream into the hub's vocabulary. */
export function classifyUpstreamError(error: unknown, about: Circumstances): HubError {
  if (error instanceof HubError) return error;
  const seen = about.wireFailure ?? behindTheProbe(error);
  const failure = isPast(about.deadline, about.now) ? { code: 'upstream_timeout' as const } : failureOf(seen, about);
  const details = { ...failure.details, ...(about.calling && mayHaveHappened(failure) && { outcome: 'unknown' }) };
  return new HubError(failure.code, failure.message ?? FAILURE_MESSAGES[failure.code], {
    cause: new Error(nameOf(seen)),
    details,
    ...(failure.retryAfterSeconds !== undefined && { retryAfterSeconds: failure.retryAfterSeconds }),
  });
}

/** The SDK wraps whatever the probe fails with. */
function behindTheProbe(error: unknown): unknown {
  const wrapped = error instanceof SdkError && error.code === SdkErrorCode.EraNegotiationFailed;
  return wrapped ? (error.cause ?? error) : error;
}

function failureOf(error: unknown, about: Circumstances): Failure {
  if (error instanceof EgressError) return ofEgress(error, about);
  if (error instanceof HttpRefusal) return ofStatus(error.status, error.retryAfter, about);
  if (error instanceof ProtocolError) return ofJsonRpc(error, about);
  if (error instanceof SdkHttpError) {
    if (refusesApiKey(error)) return ofStatus(401, null, about);
    const answer = jsonRpcErrorIn(error.data.text);
    return answer === undefined ? ofStatus(error.status, null, about) : ofJsonRpc(answer, about);
  }
  if (error instanceof SdkError) return { code: SDK_FAILURES[error.code] };
  if (error instanceof UnansweredError) return { code: error.streamed ? 'upstream_error' : 'upstream_not_mcp' };
  if (error instanceof SseError) return { code: about.calling ? 'upstream_error' : 'upstream_not_mcp' };
  if (error instanceof TooDeepError || error instanceof FloodError) return { code: 'upstream_response_too_large' };
  if (error instanceof DOMException) return { code: 'upstream_timeout' };
  // What is left are the SDK's complaints about messages that are not JSON, JSON-RPC or MCP; they have no type.
  return { code: 'upstream_not_mcp' };
}

function ofEgress({ code }: EgressError, { calling }: Circumstances): Failure {
  if (code === 'CONNECTION_LOST' && !calling) return { code: 'upstream_unreachable' };
  return { code: EGRESS_FAILURES[code] };
}

function ofStatus(status: number, retryAfter: string | null, { now }: Circumstances): Failure {
  if (status === 401 || status === 403) return { code: 'upstream_unauthorized', answered: true };
  if (status === 404 || status === 405) return { code: 'upstream_not_mcp', answered: true };
  if (status >= 300 && status < 400) return { code: 'upstream_redirected', answered: true };
  if (status === 429) {
    const seconds = retryAfterSeconds(retryAfter, now);
    return {
      code: 'upstream_rate_limited',
      answered: true,
      ...(seconds !== undefined && { retryAfterSeconds: seconds }),
    };
  }
  const details = { httpStatus: status };
  return status >= 500 ? { code: 'upstream_error', details } : { code: 'upstream_error', details, answered: true };
}

/** How a task failed, as its server says: nothing of the connection failed, so nothing is ambiguous. */
export function taskFailure(error: RpcFailure, secrets: readonly string[]): HubError {
  const { code, message = FAILURE_MESSAGES[code], details = {} } = ofRequest(error, { secrets });
  return new HubError(code, message, { details });
}

type RpcFailure = Pick<JsonRpcError, 'code' | 'message' | 'data'>;

function ofJsonRpc(error: RpcFailure, about: Circumstances): Failure {
  return (about.modern ? ofThisHop(error, about) : undefined) ?? ofRequest(error, about);
}

/**
 * Errors about how the hub speaks to this server, which would mislead whoever speaks to the hub.
 * https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes
 */
function ofThisHop({ code, data }: RpcFailure, { secrets }: Circumstances): Failure | undefined {
  switch (code) {
    case HEADER_MISMATCH:
      return { code: 'definition_changed', answered: true };
    case MISSING_CAPABILITY:
      return {
        code: 'capability_required',
        details: { requiredCapabilities: requiredCapabilitiesIn(data, secrets) },
        answered: true,
      };
    case UNSUPPORTED_VERSION:
      return {
        code: 'upstream_not_mcp',
        message: 'the server no longer speaks the revision of the protocol that it did; synchronize the server',
        answered: true,
      };
    default:
      return undefined;
  }
}

/** The one place where an upstream's words pass: they answer the caller's own request. */
function ofRequest({ code, message }: RpcFailure, { secrets }: Pick<Circumstances, 'secrets'>): Failure {
  const details = { jsonRpcCode: code, jsonRpcMessage: presentableText(message, secrets) };
  return { code: 'upstream_error', details, answered: true };
}

const AMBIGUOUS: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'upstream_timeout',
  'upstream_error',
  'upstream_not_mcp',
  'upstream_response_too_large',
]);

function mayHaveHappened({ code, answered }: Failure): boolean {
  return answered !== true && AMBIGUOUS.has(code);
}

function isPast({ at, signal }: Deadline, now: number): boolean {
  return signal.aborted || now >= at;
}

/** For the operator's log. Never a message of the SDK's, which quotes the upstream and could so repeat a secret. */
function nameOf(error: unknown): string {
  if (error instanceof EgressError || error instanceof SdkError) return `${error.name} ${error.code}`;
  if (error instanceof HttpRefusal) return `${error.name} ${error.status}`;
  return error instanceof Error ? error.name : typeof error;
}
