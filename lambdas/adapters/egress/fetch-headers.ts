import { EgressError } from './egress-error.ts';

/** What belongs to one connection and not to the message (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
const SET_BY_US = [...HOP_BY_HOP, 'accept-encoding', 'content-length', 'expect', 'host'];

/** A server may not send the hub elsewhere; its software is nobody's business. */
const NEVER_PASSED_ON = [...HOP_BY_HOP, 'location', 'refresh', 'server'];

/** A server may not set cookies in the hub. */
const COOKIES = ['set-cookie', 'set-cookie2'];

const DEFAULTS = { accept: '*/*', 'user-agent': 'nexus-hub' };

/** Later layers win. Which layers apply, secret ones above all, is the caller's decision. */
export function requestHeaders(layers: readonly (HeadersInit | undefined)[]): Headers {
  try {
    const headers = new Headers(DEFAULTS);
    for (const layer of layers) {
      for (const [name, value] of new Headers(layer)) headers.set(name, value);
    }
    for (const name of SET_BY_US) headers.delete(name);
    headers.set('accept-encoding', 'gzip, deflate, br');
    return headers;
  } catch {
    // The original error quotes the value, which may be a secret.
    throw new EgressError('HEADER');
  }
}

/** `raw` alternates names and values, as `IncomingMessage.rawHeaders` does. */
export function responseHeaders(
  raw: readonly string[],
  { decoded, handsOutCookies }: { readonly decoded: boolean; readonly handsOutCookies: boolean },
): Headers {
  try {
    const headers = new Headers();
    for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i] ?? '', raw[i + 1] ?? '');
    const described = decoded ? ['content-encoding', 'content-length'] : [];
    const cookies = handsOutCookies ? [] : COOKIES;
    for (const name of [...NEVER_PASSED_ON, ...cookies, ...described]) headers.delete(name);
    return headers;
  } catch {
    throw new EgressError('RESPONSE_MALFORMED');
  }
}
