const MIN_SECONDS = 1;
const MAX_SECONDS = 3600;

/** The delay in a `Retry-After` header, given in seconds or as an HTTP date (RFC 9110, section 10.2.3), bounded. */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1000);
  if (Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(seconds, MIN_SECONDS), MAX_SECONDS);
}
