import type { FetchLike } from '@modelcontextprotocol/client';
import { EgressError } from '../../egress/egress-error.ts';
import { noteAnswerStream } from './answering-transport.ts';

/** An HTTP status that decides the matter before any JSON-RPC is looked at. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal' as const;
  readonly status: number;
  readonly retryAfter: string | null;

  constructor({ status, headers }: Response) {
    super(`http status ${status}`);
    this.status = status;
    this.retryAfter = headers.get('retry-after');
  }
}

/** The HTTP side of one connection. */
export interface Wire {
  readonly fetch: FetchLike;
  /** The first thing that went wrong in this use: the SDK's event streams hand errors on as text only. */
  failure(): unknown;
  /** From now on sends through another guarded fetch, which carries the deadline and the secrets of one use. */
  use(fetch: FetchLike): void;
}

export interface WireOptions {
  readonly fetch: FetchLike;
  readonly transport: 'streamable-http' | 'sse';
}

interface Use {
  readonly send: FetchLike;
  failure: unknown;
}

/**
 * Stands between the SDK and the guarded fetch, and takes decisions from the SDK that are not its to take: to follow a
 * redirect, to look for an authorization server, or to read "too many requests" as the sign of an old server.
 */
export function createWire({ fetch, transport }: WireOptions): Wire {
  let current: Use = { send: fetch, failure: undefined };
  return {
    failure: () => current.failure,
    use(next) {
      current = { send: next, failure: undefined };
    },
    async fetch(url, init) {
      // A legacy server offers its unprompted notifications on this stream; a hub would never read them.
      if (transport === 'streamable-http' && init?.method === 'GET') return new Response(null, { status: 405 });
      const use = current;
      const remember = (error: unknown): never => {
        if (isFact(error)) use.failure ??= error;
        throw error;
      };
      const response = await use.send(url, init).catch(remember);
      if (isRefusal(response.status, transport)) {
        await response.body?.cancel().catch(() => undefined);
        return remember(new HttpRefusal(response));
      }
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) noteAnswerStream();
      return rememberingBody(response, remember);
    },
  };
}

/** Of streamable HTTP the other 4xx are left to the SDK: they tell which era a server belongs to. */
function isRefusal(status: number, transport: WireOptions['transport']): boolean {
  if (transport === 'sse') return status < 200 || status >= 300;
  return (status >= 300 && status < 400) || status === 401 || status === 403 || status === 429 || status >= 500;
}

/** An abort is none: who aborts knows why, and to close a connection is to abort what is left of it. */
function isFact(error: unknown): boolean {
  return error instanceof HttpRefusal || (error instanceof EgressError && error.code !== 'ABORTED');
}

function rememberingBody(response: Response, remember: (error: unknown) => never): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read().catch(remember);
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}
