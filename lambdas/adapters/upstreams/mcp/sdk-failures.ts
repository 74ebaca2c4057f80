import { SdkErrorCode } from '@modelcontextprotocol/client';
import type { FailureCode } from '../failure-codes.ts';

/** What the SDK says of itself, in the hub's vocabulary. */
export const SDK_FAILURES: Record<SdkErrorCode, FailureCode> = {
  [SdkErrorCode.NotConnected]: 'upstream_error',
  [SdkErrorCode.AlreadyConnected]: 'upstream_error',
  [SdkErrorCode.NotInitialized]: 'upstream_error',
  [SdkErrorCode.CapabilityNotSupported]: 'upstream_error',
  [SdkErrorCode.RequestTimeout]: 'upstream_timeout',
  [SdkErrorCode.ConnectionClosed]: 'upstream_error',
  [SdkErrorCode.SendFailed]: 'upstream_error',
  [SdkErrorCode.InvalidResult]: 'upstream_not_mcp',
  [SdkErrorCode.UnsupportedResultType]: 'upstream_error',
  [SdkErrorCode.InputRequiredRoundsExceeded]: 'upstream_error',
  [SdkErrorCode.ListPaginationExceeded]: 'upstream_response_too_large',
  [SdkErrorCode.MethodNotSupportedByProtocolVersion]: 'upstream_error',
  [SdkErrorCode.EraNegotiationFailed]: 'upstream_not_mcp',
  [SdkErrorCode.ClientHttpNotImplemented]: 'upstream_error',
  [SdkErrorCode.ClientHttpAuthentication]: 'upstream_unauthorized',
  [SdkErrorCode.ClientHttpForbidden]: 'upstream_unauthorized',
  [SdkErrorCode.ClientHttpUnexpectedContent]: 'upstream_not_mcp',
  [SdkErrorCode.ClientHttpFailedToOpenStream]: 'upstream_not_mcp',
  [SdkErrorCode.ClientHttpFailedToTerminateSession]: 'upstream_error',
};
