import { createHash } from 'node:crypto';

/** What a route answers; API Gateway's Lambda proxy output. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Lambda answers at most 6 MB, in which the body stands as an escaped JSON string; the rest is for the envelope. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024 - 64 * 1024;

/** Whether API Gateway and Lambda let this body through. */
export function isDeliverable({ body }: HttpResponse): boolean {
  // Escaping JSON once more doubles it at the most, so that small bodies need not be counted.
  return body.length * 4 < MAX_ANSWER_BYTES || Buffer.byteLength(JSON.stringify(body)) <= MAX_ANSWER_BYTES;
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

export function jsonResponse(
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { statusCode, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) };
}

export function noContent(): HttpResponse {
  return { statusCode: 204, headers: {}, body: '' };
}

/**
 * 200 with a strong ETag over the very bytes, or 304 when the caller has them already (RFC 9110 sections 8.8.3 and 13.1.2).
 */
export function revalidatedResponse(body: unknown, ifNoneMatch: string | undefined): HttpResponse {
  const full = jsonResponse(200, body);
  const etag = `"${createHash('sha256').update(full.body).digest('base64url').slice(0, 27)}"`;
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (matches(ifNoneMatch, etag)) return { statusCode: 304, headers, body: '' };
  return { ...full, headers: { ...full.headers, ...headers } };
}

/** If-None-Match compares weakly (RFC 9110 section 13.1.2): API gateways and proxies may have weakened the tag. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const candidates = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return candidates.includes(etag) || candidates.includes('*');
}
