import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** An HTTP request as the gateway sees it, before it knows the route. */
export interface GatewayRequest {
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly traceId: string;
  readonly receivedAt: Date;
  readonly method: string;
  /** Percent-encoded, as sent, without the stage. */
  readonly path: string;
  /** `/local` when the request names the stage in front of the path, else empty. */
  readonly stagePath: string;
  readonly query: URLSearchParams;
  /** In the order and spelling of the client, without those that API Gateway keeps to itself. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly host: string;
  readonly sourceIp: string;
}

/** Hop-by-hop headers end at the gateway. */
const NOT_FORWARDED = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface ReadOptions {
  readonly now: Date;
  /** `/local` when the API also answers below its stage, as at API Gateway's own address. */
  readonly stagePath: string | undefined;
}

export function readGatewayRequest(message: IncomingMessage, { now, stagePath }: ReadOptions): GatewayRequest {
  const [target = '/', query = ''] = splitOnce(message.url ?? '/', '?');
  const isBelowStage = stagePath !== undefined && `${target}/`.startsWith(`${stagePath}/`);
  const host = message.headers.host ?? '';
  const sourceIp = message.socket.remoteAddress ?? '';
  const traceId = `Root=1-${Math.floor(now.getTime() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  return {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(11).toString('base64url')}=`,
    traceId,
    receivedAt: now,
    method: message.method ?? 'GET',
    path: isBelowStage ? target.slice(stagePath.length) || '/' : target,
    stagePath: isBelowStage ? stagePath : '',
    // Like API Gateway: percent-decoded, and `+` is a space.
    query: new URLSearchParams(query),
    headers: [...readHeaders(message.rawHeaders), ...forwardingHeaders(message, { sourceIp, host, traceId })],
    host,
    sourceIp,
  };
}

/** The last value of a header, by any spelling of its name. */
export function header({ headers }: Pick<GatewayRequest, 'headers'>, name: string): string | undefined {
  return headers.findLast(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1];
}

function readHeaders(rawHeaders: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const isOurs = name.toLowerCase().startsWith('x-forwarded-');
    if (!isOurs && !NOT_FORWARDED.has(name.toLowerCase())) headers.push([name, rawHeaders[index + 1] ?? '']);
  }
  return headers;
}

/** What API Gateway adds. A client's own list of proxies stays in front of its address. */
function forwardingHeaders(
  { headers }: IncomingMessage,
  { sourceIp, host, traceId }: { sourceIp: string; host: string; traceId: string },
): [string, string][] {
  const forwardedFor = [headers['x-forwarded-for'], sourceIp].flat().filter(Boolean).join(', ');
  return [
    ...(headers['x-amzn-trace-id'] === undefined ? ([['X-Amzn-Trace-Id', traceId]] satisfies [string, string][]) : []),
    ['X-Forwarded-For', forwardedFor],
    ['X-Forwarded-Port', host.split(':')[1] ?? '80'],
    ['X-Forwarded-Proto', 'http'],
  ];
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
