import { EgressError } from '../../egress/egress-error.ts';
import type { FetchLike } from '../../egress/guarded-fetch.ts';
import type { Budget } from './call-limits.ts';

/** A request that a page makes, as far as it leaves the hub. */
export interface PageRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly cookies: string | undefined;
}

export interface PageResponse {
  /** Where it came from, after the redirects that were followed. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Of the redirects on the way, as far as they stayed on one origin. */
  readonly setCookies: readonly string[];
}

export interface PageFetchDeps {
  readonly fetch: FetchLike;
  readonly budget: Budget;
  readonly maxHops: number;
  /** Of each hop. */
  readonly timeoutMs: number;
}

/** The browser's business, or not true of what the hub sends. */
const NOT_PASSED_ON = /^(cookie|host|content-length|accept-encoding|connection|proxy-.*|:.*)$/i;

/** Credentials for one origin are not for the next. */
const OF_ONE_ORIGIN = /^(authorization|cookie|origin|referer)$/i;

/** One request, through the guard. */
export async function fetchOnce(deps: PageFetchDeps, request: PageRequest): Promise<PageResponse> {
  const { fetch, budget, timeoutMs } = deps;
  budget.takeRequest();
  budget.takeBytes(request.body?.byteLength ?? 0);
  const headers = Object.entries(request.headers).filter(([name]) => !NOT_PASSED_ON.test(name));
  const response = await fetch(addressOf(request.url), {
    method: request.method,
    headers: [...headers, ...(request.cookies === undefined ? [] : [['cookie', request.cookies] as [string, string]])],
    ...(request.body !== undefined && { body: Buffer.from(request.body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const { status } = response;
  const body = await bodyOf(response, budget);
  return { url: request.url, status, headers: response.headers, body, setCookies: response.headers.getSetCookie() };
}

/** The address that a response leads on to, if it is a redirect; throws where that is none of the web's. */
export function redirectOf({ url, status, headers }: PageResponse): string | undefined {
  const location = headers.get('location');
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  const next = URL.parse(location, url);
  if (next === null || !/^https?:$/.test(next.protocol)) throw new EgressError('SCHEME');
  return next.href;
}

/**
 * Follows redirects for a page, each hop through the guard. The page believes that the first address answered, so what
 * belongs to one origin is not taken along to another.
 */
export async function fetchFollowing(deps: PageFetchDeps, first: PageRequest): Promise<PageResponse> {
  let request = first;
  const setCookies: string[] = [];
  for (let hop = 0; hop <= deps.maxHops; hop++) {
    const response = await fetchOnce(deps, request);
    if (new URL(request.url).origin === new URL(first.url).origin) setCookies.push(...response.setCookies);
    const next = redirectOf(response);
    if (next === undefined) return { ...response, setCookies };
    request = redirected(request, response.status, next);
  }
  throw new EgressError('REDIRECT');
}

function redirected(request: PageRequest, status: number, url: string): PageRequest {
  const crosses = new URL(url).origin !== new URL(request.url).origin;
  const headers = Object.entries(request.headers).filter(([name]) => !(crosses && OF_ONE_ORIGIN.test(name)));
  const cookies = crosses ? undefined : request.cookies;
  const keeps = status === 307 || status === 308 || ['GET', 'HEAD'].includes(request.method);
  if (keeps) return { ...request, url, headers: Object.fromEntries(headers), cookies };
  const bodiless = headers.filter(([name]) => !/^content-/i.test(name));
  return { url, method: 'GET', headers: Object.fromEntries(bodiless), body: undefined, cookies };
}

async function bodyOf(response: Response, budget: Budget): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) {
    budget.takeBytes(chunk.byteLength);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Without the fragment, which stays with the page. Browsers leave backslashes in queries as they are; the guard takes none,
 * because elsewhere they are read as slashes.
 */
function addressOf(url: string): string {
  const [address = url] = url.split('#', 1);
  const query = address.indexOf('?');
  return query < 0 ? address : address.slice(0, query) + address.slice(query).replaceAll('\\', '%5C');
}
