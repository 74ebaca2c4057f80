import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { JSONRPCMessage, Transport, TransportSendOptions } from '@modelcontextprotocol/client';
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
} from '@modelcontextprotocol/client';
import { createDistinctIds } from './distinct-ids.ts';
import { withRawResult } from './raw-result.ts';

/** The upstream took a request and ended its response without answering it. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError' as const;
  /** Whether it had begun an event stream, as only an MCP server does. */
  readonly streamed: boolean;

  constructor(streamed: boolean) {
    super('the response ended without an answer');
    this.streamed = streamed;
  }
}

interface Exchange {
  readonly method: string;
  readonly answer: PromiseWithResolvers<void>;
  streamed: boolean;
  answered: boolean;
}

const currentExchange = new AsyncLocalStorage<Exchange>();

/** Says that the answer to the request now being sent comes as events, so its absence shows only when they end. */
export function noteAnswerStream(): void {
  const exchange = currentExchange.getStore();
  if (exchange !== undefined) exchange.streamed = true;
}

/** The upstream sends more than a conversation takes. Each message costs time to parse, and each request a reply. */
export class FloodError extends Error {
  override readonly name = 'FloodError' as const;
}

const MAX_MESSAGES = 10_000;
const MAX_SERVER_REQUESTS = 50;

/** How long the end of a connection waits for a cancellation to be on its way. */
export const CANCELLATION_TIMEOUT_MS = 500;

export interface AnsweringOptions {
  /** All answers come on one stream, rather than in the response to each request. */
  readonly sharedStream: boolean;
}

/**
 * A transport whose `send` of a request ends when the answer is there, and fails when it can no longer come. The SDK
 * alone would wait for the time limit when a response ends early or answers another id.
 */
export function createAnsweringTransport(inner: Transport, options: AnsweringOptions): Transport {
  const open = new Map<string, Exchange>();
  const ids = createDistinctIds();
  let received = { messages: 0, requests: 0 };
  let cancelling: Promise<unknown> = Promise.resolve();
  const failAll = (error: Error) => {
    for (const { answer } of open.values()) answer.reject(error);
  };
  const outer: Transport = {
    ...(inner.hasPerRequestStream && { hasPerRequestStream: true }),
    get sessionId() {
      return inner.sessionId;
    },
    start: () => inner.start(),
    async close() {
      await Promise.race([cancelling, delay(CANCELLATION_TIMEOUT_MS, undefined, { ref: false })]);
      await inner.close();
    },
    setProtocolVersion: (version) => inner.setProtocolVersion?.(version),
    async send(message, sendOptions) {
      if (!isJSONRPCRequest(message)) {
        const sent = inner.send(ids.toServer(message), sendOptions);
        if (isCancellation(message)) cancelling = sent.catch(() => undefined);
        return sent;
      }
      const exchange: Exchange = {
        method: message.method,
        answer: Promise.withResolvers(),
        streamed: options.sharedStream,
        answered: false,
      };
      if (open.size === 0) received = { messages: 0, requests: 0 };
      open.set(String(message.id), exchange);
      try {
        await exchangeOn(inner, exchange, ids.toServer(message), sendOptions);
      } finally {
        open.delete(String(message.id));
      }
    },
  };
  inner.onmessage = (sent, extra) => {
    const message = ids.fromServer(sent);
    received.messages++;
    if (isJSONRPCRequest(message)) received.requests++;
    if (received.messages > MAX_MESSAGES || received.requests > MAX_SERVER_REQUESTS) return failAll(new FloodError());
    if (isJSONRPCNotification(message) && currentExchange.getStore()?.answered) return;
    const answered = isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
    const exchange = answered ? open.get(String(message.id)) : undefined;
    if (exchange !== undefined) settle(exchange);
    outer.onmessage?.(exchange === undefined ? message : withRawResult(exchange.method, message), extra);
  };
  inner.onerror = (error) => {
    // A stream of its own reports its end below. One that was left open may still break while another request waits.
    if (options.sharedStream) failAll(error);
    outer.onerror?.(error);
  };
  inner.onclose = () => {
    failAll(new UnansweredError(true));
    outer.onclose?.();
  };
  return outer;
}

function isCancellation(message: JSONRPCMessage): boolean {
  return isJSONRPCNotification(message) && message.method === 'notifications/cancelled';
}

/** Whatever its stream says from now on is too late: the next user of the session may be listening by then. */
function settle(exchange: Exchange): void {
  exchange.answered = true;
  exchange.answer.resolve();
}

function exchangeOn(
  inner: Transport,
  exchange: Exchange,
  message: JSONRPCMessage,
  options: TransportSendOptions | undefined,
): Promise<void> {
  const unanswered = () => exchange.answer.reject(new UnansweredError(exchange.streamed));
  const sent = currentExchange.run(exchange, () => inner.send(message, { ...options, onRequestStreamEnd: unanswered }));
  sent.then(() => exchange.streamed || unanswered(), exchange.answer.reject);
  return exchange.answer.promise;
}
