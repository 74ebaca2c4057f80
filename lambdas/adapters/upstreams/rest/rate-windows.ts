import { retryAfterSeconds } from '../retry-after.ts';

/** A limit of an API that lets no more requests through until its window ends. */
export interface Exhaustion {
  readonly resetSeconds: number;
  /** Of a day or longer: no pace to be kept, but an amount that is used up. */
  readonly isQuota: boolean;
}

const DAY_SECONDS = 86_400;
const WINDOW = /;\s*w=(\d+)/;

interface RateWindow extends Exhaustion {
  readonly remaining: number;
}

/** What an API said when it refused a request for one of its limits. */
export type RefusedFor = 'rate' | 'quota';

/** The limit that an answer says is exhausted; of a refusal also the one that it must be. */
export function exhaustionIn(
  headers: Headers,
  refusedFor: RefusedFor | undefined,
  now: number,
): Exhaustion | undefined {
  const windows = windowsIn(headers);
  const exhausted = latest(windows.filter(({ remaining }) => remaining === 0));
  if (refusedFor === undefined) return exhausted;
  const isQuota = refusedFor === 'quota';
  const known = isQuota ? undefined : exhausted;
  const refusing = known ?? latest(windows.filter((window) => window.isQuota === isQuota));
  if (refusing !== undefined) return refusing;
  const resetSeconds = retryAfterSeconds(headers.get('retry-after'), now);
  return resetSeconds === undefined ? undefined : { resetSeconds, isQuota };
}

/**
 * Several limits are told in one header each, in the same order: `X-RateLimit-Limit: 1, 15000` with
 * `X-RateLimit-Policy: 1;w=1, 15000;w=2592000`. A limit of 0 is none.
 * https://api-dashboard.search.brave.com/documentation/guides/rate-limiting
 */
function windowsIn(headers: Headers): readonly RateWindow[] {
  const list = (name: string) => headers.get(`x-ratelimit-${name}`)?.split(',') ?? [];
  const [limits, policies, remains, resets] = [list('limit'), list('policy'), list('remaining'), list('reset')];
  return limits.flatMap((text, i) => {
    const [limit, remaining, reset] = [count(text), count(remains[i]), count(resets[i])];
    if (limit === undefined || limit === 0 || remaining === undefined || reset === undefined) return [];
    const resetSeconds = Math.max(1, reset);
    const seconds = count(WINDOW.exec(policies[i] ?? '')?.[1]) ?? resetSeconds;
    return [{ remaining, resetSeconds, isQuota: seconds >= DAY_SECONDS }];
  });
}

function count(text: string | undefined): number | undefined {
  const digits = text?.trim() ?? '';
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

/** All of them have to end before a request gets through. */
function latest(windows: readonly RateWindow[]): RateWindow | undefined {
  return windows.toSorted((a, b) => b.resetSeconds - a.resetSeconds)[0];
}
