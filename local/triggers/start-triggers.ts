import type { MessageAttributes } from '../endpoints/sqs-message.ts';
import type { Observer } from '../observe.ts';
import type { QueueStore } from '../queues/queue-store.ts';
import type { QueueModel, StackModel } from '../template/stack-model.ts';
import { createAsynchronousInvocations, type InvocableFunction } from './asynchronous-invocations.ts';
import { type QueueTrigger, startQueueTrigger } from './queue-trigger.ts';
import { createScheduledDelivery } from './scheduled-delivery.ts';
import { type Scheduler, startScheduler } from './scheduler.ts';

export interface Triggers {
  readonly scheduler: Scheduler;
  /** Nothing new is invoked. */
  stop(): void;
  /** When everything that was invoked has come to an end. */
  finished(): Promise<void>;
}

/** Starts what invokes functions unasked: the queues' messages and the schedules. */
export function startTriggers(input: {
  readonly stack: StackModel;
  readonly functions: ReadonlyMap<string, InvocableFunction>;
  /** Present where the stack has queues. */
  readonly store: QueueStore | undefined;
  readonly observer: Observer;
  readonly now: () => number;
}): Triggers {
  const { stack, functions, store, observer, now } = input;
  const bury = (queueArn: string, body: string, attributes: MessageAttributes = {}): void => {
    const queue = stack.queues.find(({ arn }) => arn === queueArn);
    if (queue !== undefined) store?.send(queue, { body, attributes: JSON.stringify(attributes), groupId: undefined });
  };
  const invocations = createAsynchronousInvocations({ functions, bury, now });
  const { invoke } = invocations;
  const deliver = createScheduledDelivery({ invoke, bury, now });
  const scheduler = startScheduler({ schedules: stack.schedules, deliver, observer, now });
  const queueTriggers = store === undefined ? [] : startQueueTriggers(stack, functions, store, observer);
  return {
    scheduler,
    stop() {
      scheduler.stop();
      invocations.stop();
      for (const trigger of queueTriggers) trigger.stop();
    },
    async finished() {
      await Promise.all([invocations.finished(), ...queueTriggers.map((trigger) => trigger.finished())]);
    },
  };
}

function startQueueTriggers(
  stack: StackModel,
  functions: ReadonlyMap<string, InvocableFunction>,
  store: QueueStore,
  observer: Observer,
): QueueTrigger[] {
  const queueOf = (queueArn: string): QueueModel | undefined => stack.queues.find(({ arn }) => arn === queueArn);
  return stack.queueTriggers
    .filter(({ enabled }) => enabled)
    .flatMap((trigger) => {
      const queue = queueOf(trigger.queueArn);
      const fn = functions.get(trigger.functionArn);
      if (queue === undefined || fn === undefined) return [];
      return [startQueueTrigger({ trigger, stack, queue, function: fn.model, host: fn.host, store, observer })];
    });
}
