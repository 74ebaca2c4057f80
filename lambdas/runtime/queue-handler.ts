import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Deadline } from '../hub/deadline.ts';
import { describeError, logger } from './logger.ts';

export interface QueueHandlerOptions<M> {
  /** Throws for a body that is none of the hub's messages. */
  readonly parse: (body: string) => M;
  readonly handle: (message: M, deadline: Deadline) => Promise<unknown>;
  /** What is left to do for a message that failed at its last delivery, before it goes to the dead letters. */
  readonly poison?: { readonly deliveries: number; readonly settle: (message: M, error: unknown) => Promise<unknown> };
  /** Kept back from the function's time limit for writing down what came of the messages. */
  readonly marginMs: number;
}

/**
 * The one stack of every function behind a queue. Each message succeeds or fails for itself: what failed is delivered
 * again, and ends in the dead-letter queue when that does not help.
 */
export function queueHandler<M>({ parse, handle, poison, marginMs }: QueueHandlerOptions<M>) {
  const receive = async (record: SQSRecord, deadline: Deadline): Promise<string | undefined> => {
    const { messageId, body } = record;
    let message: M | undefined;
    try {
      message = parse(body);
      const outcome = await handle(message, deadline);
      logger.info('message', { messageId, outcome });
      return undefined;
    } catch (error) {
      logger.error('message failed', { messageId, ...describeError(error) });
      if (message !== undefined && isLastDelivery(record)) await settle(message, messageId, error);
      return messageId;
    }
  };
  const isLastDelivery = ({ attributes }: SQSRecord): boolean =>
    poison !== undefined && Number(attributes.ApproximateReceiveCount) >= poison.deliveries;
  const settle = async (message: M, messageId: string, error: unknown): Promise<void> => {
    try {
      logger.error('message is poison', { messageId, outcome: await poison?.settle(message, error) });
    } catch (cause) {
      logger.error('message could not be settled', { messageId, ...describeError(cause) });
    }
  };
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event, context: Context) => {
    logger.addContext(context);
    const remaining = Math.max(0, context.getRemainingTimeInMillis() - marginMs);
    const deadline = { at: Date.now() + remaining, signal: AbortSignal.timeout(remaining) };
    const failed = await Promise.all(event.Records.map((record) => receive(record, deadline)));
    const identifiers = failed.filter((id) => id !== undefined);
    return { batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}
