import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Deadline } from '../hub/deadline.ts';
import { describeError, logger } from './logger.ts';

export interface QueueHandlerOptions<M> {
  /** Throws for a body that is none of the hub's messages. */
  readonly parse: (body: string) => M;
  readonly handle: (message: M, deadline: Deadline) => Promise<unknown>;
  /** Kept back from the function's time limit for writing down what came of the messages. */
  readonly marginMs: number;
}

/**
 * The one stack of every function behind a queue. Each message succeeds or fails for itself: what failed is delivered
 * again, and ends in the dead-letter queue when that does not help.
 */
export function queueHandler<M>({ parse, handle, marginMs }: QueueHandlerOptions<M>) {
  const receive = async (record: SQSRecord, deadline: Deadline): Promise<string | undefined> => {
    try {
      const outcome = await handle(parse(record.body), deadline);
      logger.info('message', { messageId: record.messageId, outcome });
      return undefined;
    } catch (error) {
      logger.error('message failed', { messageId: record.messageId, ...describeError(error) });
      return record.messageId;
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
