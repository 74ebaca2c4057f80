import { retryAfterSeconds } from '../retry-after.ts';

export interface LimitedResponse {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** GitHub's own explanation. */
  readonly words: string;
}

/** What GitHub asks for where it names no time. */
const UNNAMED_SECONDS = 60;

/**
 * How long GitHub wants to be left alone, if one of its limits is why it refused: the primary one, counted per hour, or a
 * secondary one against bursts, both as 403 or 429.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function rateLimitSeconds({ status, header, words }: LimitedResponse, now: number): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const named = retryAfterSeconds(header('retry-after') ?? null, now);
  if (named !== undefined) return named;
  if (header('x-ratelimit-remaining') === '0') return untilReset(header('x-ratelimit-reset'), now);
  return status === 429 || /secondary rate limit/i.test(words) ? UNNAMED_SECONDS : undefined;
}

function untilReset(reset: string | undefined, now: number): number {
  const seconds = Math.max(0, Math.ceil(Number(reset) - now / 1000));
  return retryAfterSeconds(String(seconds), now) ?? UNNAMED_SECONDS;
}
