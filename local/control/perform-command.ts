import type { StoredMessage } from '../queues/message-table.ts';
import type { QueueStore } from '../queues/queue-store.ts';
import { parseScheduleExpression } from '../template/schedule-expression.ts';
import type { QueueModel, ScheduleModel, StackModel } from '../template/stack-model.ts';
import type { Scheduler } from '../triggers/scheduler.ts';
import type { ControlAnswer, ControlCommand } from './control-commands.ts';

export interface Controlled {
  readonly stack: Pick<StackModel, 'queues' | 'schedules'>;
  /** Present where the stack has queues. */
  readonly store: QueueStore | undefined;
  readonly scheduler: Pick<Scheduler, 'fire'>;
  readonly now: () => number;
}

/** Does what was asked. Throws a sentence for the person who asked. */
export function performCommand(controlled: Controlled, command: ControlCommand): object {
  const { queues, schedules } = controlled.stack;
  switch (command.command) {
    case 'schedules':
      return { schedules: schedules.map((schedule) => describeSchedule(schedule, controlled.now())) };
    case 'fire': {
      const schedule = named('schedule', schedules, command.name);
      controlled.scheduler.fire(schedule);
      return { fired: schedule.logicalId } satisfies ControlAnswer<'fire'>;
    }
    case 'queues':
      return { queues: queues.map((queue) => describeQueue(controlled.stack, storeOf(controlled), queue)) };
    case 'show': {
      const queue = named('queue', queues, command.name);
      const messages = storeOf(controlled).peek(queue, command.limit);
      return { queue: queue.logicalId, messages: messages.map((message) => describeMessage(queues, message)) };
    }
    case 'redrive': {
      const queue = named('queue', queues, command.name);
      return { queue: queue.logicalId, moved: redrive(queues, storeOf(controlled), queue) };
    }
  }
}

/** By its full name, or by enough of its logical id. */
function named<T extends { readonly logicalId: string }>(what: string, all: readonly T[], name: string): T {
  const exact = all.find(({ logicalId }) => logicalId === name);
  const close = all.filter(({ logicalId }) => logicalId.toLowerCase().startsWith(name.toLowerCase()));
  const [found, ...others] = exact === undefined ? close : [exact];
  if (found !== undefined && others.length === 0) return found;
  const known = all.map(({ logicalId }) => logicalId).join(', ') || 'none';
  throw new Error(`${name} names ${found === undefined ? 'no' : 'more than one'} ${what}: the hub has ${known}`);
}

function storeOf({ store }: Controlled): QueueStore {
  if (store === undefined) throw new Error('the hub has no queues');
  return store;
}

const sourcesOf = (queues: readonly QueueModel[], queue: QueueModel): readonly QueueModel[] =>
  queues.filter(({ redrive: policy }) => policy?.deadLetterQueueArn === queue.arn);

function redrive(queues: readonly QueueModel[], store: QueueStore, queue: QueueModel): number {
  if (sourcesOf(queues, queue).length > 0) return store.redrive(queue);
  throw new Error(`${queue.logicalId} is the dead-letter queue of no queue: there is nowhere to redrive to`);
}

function describeSchedule(schedule: ScheduleModel, now: number): ControlAnswer<'schedules'>['schedules'][number] {
  const { logicalId, expression, enabled } = schedule;
  const next = enabled ? parseScheduleExpression(expression).next(now) : undefined;
  return { logicalId, expression, enabled, ...(next === undefined ? {} : { next: new Date(next).toISOString() }) };
}

const describeQueue = (
  { queues, schedules }: Controlled['stack'],
  store: QueueStore,
  queue: QueueModel,
): ControlAnswer<'queues'>['queues'][number] => ({
  logicalId: queue.logicalId,
  ...store.counts(queue),
  isDeadLetterQueue:
    sourcesOf(queues, queue).length > 0 || schedules.some(({ deadLetterQueueArn }) => deadLetterQueueArn === queue.arn),
});

function describeMessage(
  queues: readonly QueueModel[],
  { id, sentAt, receiveCount, source, body }: StoredMessage,
): ControlAnswer<'show'>['messages'][number] {
  const from = queues.find(({ queueName }) => queueName === source)?.logicalId;
  return {
    messageId: id,
    sentAt: new Date(sentAt).toISOString(),
    receiveCount,
    ...(from === undefined ? {} : { source: from }),
    body,
  };
}
