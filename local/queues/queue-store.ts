import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { QueueModel } from '../template/stack-model.ts';
import { openMessageTable, type StoredMessage } from './message-table.ts';

/** As a client gave it. */
export interface NewMessage {
  readonly body: string;
  /** JSON text of the API's `MessageAttributes`. */
  readonly attributes: string;
  readonly groupId: string | undefined;
  readonly delaySeconds?: number | undefined;
}

export interface ReceiveOptions {
  readonly maxMessages: number;
  /** The first message is taken whatever its size. */
  readonly maxBytes?: number;
  readonly visibilityTimeoutSeconds?: number | undefined;
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/**
 * Standard queues in a file: messages survive the process. A message that was in flight when the process ended is
 * visible at the next start, for nobody is left who could settle it; its receive count stays.
 */
export interface QueueStore {
  /** Answers the message's id. */
  send(queue: QueueModel, message: NewMessage): string;
  /**
   * Fair: of the visible messages first come those of the groups that have fewest in flight, then the oldest. What was
   * received too often goes to the dead-letter queue instead.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
   */
  receive(queue: QueueModel, options: ReceiveOptions): Promise<readonly StoredMessage[]>;
  /** A receipt that is no longer the message's latest deletes nothing. */
  delete(queue: QueueModel, receipt: string): void;
  /** Whether the message is in flight; one that is not cannot be changed. */
  changeVisibility(queue: QueueModel, receipt: string, seconds: number): boolean;
  counts(queue: QueueModel): QueueCounts;
  /** The oldest messages, without receiving them. */
  peek(queue: QueueModel, limit: number): readonly StoredMessage[];
  /** Sends every message back to the queue that it came from, as a new message. Answers how many went. */
  redrive(deadLetterQueue: QueueModel): number;
  close(): void;
}

export function openQueueStore(input: {
  readonly file: string;
  readonly queues: readonly QueueModel[];
  readonly now: () => number;
}): QueueStore {
  const { queues, now } = input;
  const table = openMessageTable(input.file);
  // Everybody who waits is a listener: any number is right.
  const arrivals = new EventEmitter().setMaxListeners(0);
  const byArn = (arn: string | undefined): QueueModel | undefined => queues.find((queue) => queue.arn === arn);
  table.releaseAll(now());

  function send(queue: QueueModel, message: NewMessage): string {
    const id = randomUUID();
    const { body, attributes, groupId } = message;
    const visibleAt = now() + (message.delaySeconds ?? queue.delaySeconds) * 1_000;
    table.insert({ id, queue: queue.queueName, body, attributes, groupId: groupId ?? null, sentAt: now(), visibleAt });
    arrivals.emit(queue.queueName);
    return id;
  }

  function receiveNow(queue: QueueModel, options: ReceiveOptions): StoredMessage[] {
    const { queueName } = queue;
    table.removeOlderThan(queueName, now() - queue.retentionSeconds * 1_000);
    buryWorn(queue);
    const visibleAt = now() + (options.visibilityTimeoutSeconds ?? queue.visibilityTimeoutSeconds) * 1_000;
    const candidates = table.fairest(queueName, now(), options.maxMessages);
    return within(candidates, options.maxBytes).map((message) =>
      table.take(message, { receipt: randomUUID(), visibleAt, now: now() }),
    );
  }

  /** Moves away what may not be received again. */
  function buryWorn({ queueName, redrive }: QueueModel): void {
    const target = byArn(redrive?.deadLetterQueueArn);
    if (redrive === undefined || target === undefined) return;
    const worn = { queue: queueName, maxReceiveCount: redrive.maxReceiveCount, now: now() };
    if (table.bury(worn, target.queueName) > 0) arrivals.emit(target.queueName);
  }

  async function receive(queue: QueueModel, options: ReceiveOptions): Promise<readonly StoredMessage[]> {
    const { waitMs = 0, signal } = options;
    const deadline = performance.now() + waitMs;
    for (;;) {
      const messages = signal?.aborted ? [] : receiveNow(queue, options);
      const leftMs = deadline - performance.now();
      if (messages.length > 0 || leftMs <= 0 || signal?.aborted) return messages;
      await arrival(queue.queueName, leftMs, signal);
    }
  }

  /** Until a message is sent, or the next one becomes visible, or the time is over. */
  function arrival(queueName: string, mostMs: number, signal: AbortSignal | undefined): Promise<void> {
    const nextVisible = table.nextVisible(queueName, now());
    const ms = nextVisible === undefined ? mostMs : Math.min(mostMs, Math.max(0, nextVisible - now()));
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        arrivals.off(queueName, done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      arrivals.on(queueName, done);
      signal?.addEventListener('abort', done);
    });
  }

  function redrive(deadLetterQueue: QueueModel): number {
    const sources = queues.filter((queue) => queue.redrive?.deadLetterQueueArn === deadLetterQueue.arn);
    const names = sources.map(({ queueName }) => queueName);
    const count = names.reduce((sum, name) => sum + table.unbury(deadLetterQueue.queueName, name, now()), 0);
    for (const name of names) arrivals.emit(name);
    return count;
  }

  return {
    send,
    receive,
    delete: ({ queueName }, receipt) => table.remove(queueName, receipt),
    changeVisibility: ({ queueName }, receipt, seconds) => {
      const changed = table.changeVisibility(queueName, receipt, { now: now(), visibleAt: now() + seconds * 1_000 });
      if (changed) arrivals.emit(queueName);
      return changed;
    },
    counts: ({ queueName }) => table.counts(queueName, now()),
    peek: ({ queueName }, limit) => table.oldest(queueName, limit),
    redrive,
    close: table.close,
  };
}

function within(messages: readonly StoredMessage[], maxBytes = Number.POSITIVE_INFINITY): readonly StoredMessage[] {
  let size = 0;
  return messages.filter((message, index) => {
    size += Buffer.byteLength(message.body) + Buffer.byteLength(message.attributes);
    return index === 0 || size <= maxBytes;
  });
}
