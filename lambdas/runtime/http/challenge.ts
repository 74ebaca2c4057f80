import { CLIENT_SCOPES, METADATA_PATH, SCOPES } from '../../contract.ts';
import type { HubError, HubErrorCode } from '../../hub/hub-error.ts';

/** Error codes of RFC 6750 section 3.1. */
const ERRORS: Partial<Readonly<Record<HubErrorCode, string>>> = {
  unauthenticated: 'invalid_token',
  insufficient_scope: 'insufficient_scope',
};

/** How the caller may get a token that would do (RFC 6750 section 3, RFC 9728 section 5.1); undefined if none would. */
export function challengeOf(
  { code, details }: HubError,
  { hubUrl, scopePrefix }: { readonly hubUrl: () => string; readonly scopePrefix: string },
): string | undefined {
  const error = ERRORS[code];
  if (error === undefined) return undefined;
  const missing = SCOPES.filter((scope) => scope === details['scope']);
  const scopes = (missing.length > 0 ? missing : CLIENT_SCOPES).map((scope) => scopePrefix + scope);
  return `Bearer error="${error}", scope="${scopes.join(' ')}", resource_metadata="${hubUrl()}${METADATA_PATH}"`;
}
