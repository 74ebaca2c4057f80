import { setTimeout as wait } from 'node:timers/promises';
import type { FunctionHost } from '../lambda/function-host.ts';
import type { Observer } from '../observe.ts';
import type { StoredMessage } from '../queues/message-table.ts';
import type { QueueStore } from '../queues/queue-store.ts';
import type { FunctionModel, QueueModel, QueueTriggerModel, StackModel } from '../template/stack-model.ts';
import { failedItems } from './batch-response.ts';
import { sqsEvent } from './sqs-event.ts';

export interface QueueTrigger {
  /** No message is received any more. */
  stop(): void;
  /** When what has been received is settled; soon, once the function's environments are gone. */
  finished(): Promise<void>;
}

/** Lambda's own start, where the template sets no maximum; the environments of one function here are the other bound. */
const DEFAULT_CONCURRENCY = 5;
const MOST_ENVIRONMENTS = 16;
const POLL_MS = 20_000;
const RETRY_MS = 1_000;

/** Of 6 MB, because text can double as JSON and one more message of 1 MiB may come on top. */
const BATCH_BYTES = 2_000_000;

/**
 * Invokes a function with what comes into a queue. Succeeded messages are deleted; all others, whatever went wrong,
 * become visible again after the queue's visibility timeout, until their receives are used up.
 */
export function startQueueTrigger(input: {
  readonly trigger: QueueTriggerModel;
  readonly stack: Pick<StackModel, 'region' | 'queues'>;
  readonly queue: QueueModel;
  readonly function: Pick<FunctionModel, 'functionName' | 'reservedConcurrency'>;
  readonly host: Pick<FunctionHost, 'invoke'>;
  readonly store: QueueStore;
  readonly observer: Observer;
}): QueueTrigger {
  const { trigger, stack, queue, host, store, observer } = input;
  const { functionName, reservedConcurrency = MOST_ENVIRONMENTS } = input.function;
  const limit = Math.min(trigger.maximumConcurrency ?? DEFAULT_CONCURRENCY, reservedConcurrency);
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    while (!signal.aborted) {
      const messages = running.size < limit ? await collect() : [];
      if (messages.length > 0) {
        const work = settle(messages)
          .catch(warn)
          .finally(() => running.delete(work));
        running.add(work);
      }
      if (running.size >= limit) await Promise.race(running);
    }
  }

  /** Waits for a first message, and then as long as the batching window is open or until the batch is full. */
  async function collect(): Promise<readonly StoredMessage[]> {
    const messages = [...(await store.receive(queue, { ...batchLimits(0), waitMs: POLL_MS, signal }))];
    const windowEnd = performance.now() + trigger.batchingWindowSeconds * 1_000;
    while (messages.length > 0 && messages.length < trigger.batchSize) {
      const leftMs = windowEnd - performance.now();
      const size = messages.reduce((sum, { body }) => sum + body.length, 0);
      if (leftMs <= 0 || size >= BATCH_BYTES || signal.aborted) break;
      messages.push(...(await store.receive(queue, { ...batchLimits(messages.length), waitMs: leftMs, signal })));
    }
    return messages;
  }

  const batchLimits = (count: number) => ({ maxMessages: trigger.batchSize - count, maxBytes: BATCH_BYTES });

  async function settle(messages: readonly StoredMessage[]): Promise<void> {
    const result = await host.invoke(sqsEvent(stack, queue, messages));
    const ids = messages.map(({ id }) => id);
    const failed =
      result.outcome !== 'ok'
        ? new Set(ids)
        : trigger.reportsItemFailures
          ? failedItems(result.payload, ids)
          : new Set<string>();
    for (const { id, receipt } of messages) {
      if (!failed.has(id) && receipt !== null) store.delete(queue, receipt);
    }
    observer.batch?.({ queueName: queue.queueName, functionName, messages: ids.length, failed: failed.size });
  }

  const warn = (error: unknown): void => {
    process.emitWarning(`${trigger.logicalId} cannot work on ${queue.queueName}: ${String(error)}`);
  };

  /** What went wrong once may go well later; until then the messages are safe in the queue. */
  async function keepPolling(): Promise<void> {
    while (!signal.aborted) {
      await poll().catch(warn);
      await wait(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  const polling = keepPolling();
  return {
    stop: () => stopping.abort(),
    async finished() {
      await polling;
      await Promise.allSettled(running);
    },
  };
}
