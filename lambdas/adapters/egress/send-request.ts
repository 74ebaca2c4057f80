import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { EgressError } from './egress-error.ts';
import type { GuardedAgent } from './guarded-agent.ts';
import { portOf, withoutBrackets } from './parse-upstream-url.ts';

export interface OutgoingRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array | undefined;
  readonly partition: string;
  /** Ends the exchange, the response's body included. */
  readonly signal: AbortSignal;
}

/** One request, sent once: a lost connection is reported and never answered by a second attempt. */
export function sendRequest(agent: GuardedAgent, outgoing: OutgoingRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  if (outgoing.signal.aborted) return Promise.reject(new EgressError('ABORTED'));
  const sent = start(agent, outgoing);
  sent.on('response', resolve);
  sent.on('error', (error) => reject(explainTransportError(error)));
  const onAbort = () => sent.destroy(new EgressError('ABORTED'));
  outgoing.signal.addEventListener('abort', onAbort, { once: true });
  sent.once('close', () => outgoing.signal.removeEventListener('abort', onAbort));
  sent.end(outgoing.body);
  return promise;
}

/** Translates whatever Node's HTTP and zlib say about an exchange after its connection was opened. */
export function explainTransportError(error: unknown): EgressError {
  if (error instanceof EgressError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'HPE_HEADER_OVERFLOW') return new EgressError('RESPONSE_TOO_LARGE');
  if (/^(HPE_|Z_|ERR_BROTLI_|ERR__ERROR_FORMAT_|ERR_PADDING_)/.test(code)) return new EgressError('RESPONSE_MALFORMED');
  return new EgressError('CONNECTION_LOST');
}

function start(agent: GuardedAgent, { url, method, headers, body, partition, signal }: OutgoingRequest): ClientRequest {
  if (body !== undefined) headers.set('content-length', String(Buffer.byteLength(body)));
  const options = {
    agent,
    protocol: url.protocol,
    host: withoutBrackets(url.hostname),
    port: portOf(url),
    method,
    path: url.pathname + url.search,
    headers: Object.fromEntries(headers),
    partition,
    connectSignal: signal,
  };
  return request(options);
}
