import * as z from 'zod/mini';
import type { HubError } from '../../hub/hub-error.ts';

const limitSchema = z.object({ name: z.string(), perMinute: z.number() });

/**
 * Which limit refused a request and when it lets the next one through (RateLimit header fields for HTTP,
 * draft-ietf-httpapi-ratelimit-headers); nothing for other refusals.
 */
export function rateLimitHeaders({ code, details, retryAfterSeconds }: HubError): Record<string, string> {
  const limit = code === 'rate_limited' ? limitSchema.safeParse(details['limit']).data : undefined;
  if (limit === undefined) return {};
  const { name, perMinute } = limit;
  return {
    'ratelimit-policy': `"${name}";q=${perMinute};w=60`,
    ratelimit: `"${name}";r=0;t=${retryAfterSeconds ?? 60}`,
  };
}
