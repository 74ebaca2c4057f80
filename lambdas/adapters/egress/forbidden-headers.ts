/** Headers that frame the message, route it, negotiate its content or speak MCP: never a tenant's to set. */
const FORBIDDEN_NAMES = new Set(
  (
    'accept accept-encoding connection content-encoding content-length content-type expect forwarded host keep-alive ' +
    'last-event-id origin refresh set-cookie te trailer transfer-encoding upgrade via'
  ).split(' '),
);
const FORBIDDEN_PREFIXES = ['mcp-', 'nexus-', 'proxy-', 'x-amz', 'x-forwarded-'];

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** Visible ASCII, space and tab: `Headers` would also accept Latin-1, which servers read in different ways. */
const FIELD_VALUE = /^[\t\x20-\x7e]{0,8192}$/;

/** Whether a tenant may have a header of this name sent to their server. */
export function isConfigurableHeaderName(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    TOKEN.test(name) && !FORBIDDEN_NAMES.has(lower) && !FORBIDDEN_PREFIXES.some((prefix) => lower.startsWith(prefix))
  );
}

export function isSafeHeaderValue(value: string): boolean {
  return FIELD_VALUE.test(value);
}
