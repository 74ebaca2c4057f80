import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { MessageAttributes } from '../endpoints/sqs-message.ts';
import type { ScheduleModel } from '../template/stack-model.ts';
import type { AsynchronousInvocations, Refusal } from './asynchronous-invocations.ts';
import { scheduledEvent } from './scheduled-event.ts';

export interface ScheduledDeliveryOptions {
  readonly invoke: AsynchronousInvocations['invoke'];
  /** Takes an event that was given up to the schedule's dead-letter queue. */
  readonly bury: (queueArn: string, body: string, attributes: MessageAttributes) => void;
  readonly now: () => number;
  /** Until it is time to try again; throws when stopped. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Scheduler backs off exponentially and does not say from where. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Hands an event to Lambda, again and again until it is taken or the schedule's retries or its time are used up. Nothing
 * is told of what the function makes of it: that is Lambda's business.
 */
export function createScheduledDelivery({ invoke, bury, now, pause = pauseOnTimer }: ScheduledDeliveryOptions) {
  async function deliver(schedule: ScheduleModel, scheduledTime: string, signal: AbortSignal): Promise<void> {
    const { functionArn, retry } = schedule;
    const executionId = randomBytes(8).toString('hex');
    const startedAt = now();
    for (let attempt = 1; ; attempt += 1) {
      const event = scheduledEvent(schedule, { scheduledTime, executionId, attempt });
      const refusal = invoke(functionArn, event);
      if (refusal === undefined) return;
      const giveUp = (condition: string): void =>
        buryEvent(schedule, event, { refusal, condition, attempt, executionId, scheduledTime });
      if (attempt > retry.maximumAttempts) return giveUp('MaximumRetryAttempts');
      const ms = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
      if (now() + ms - startedAt > retry.maximumEventAgeSeconds * 1_000) return giveUp('MaximumEventAgeInSeconds');
      await pause(ms, signal);
    }
  }

  /** https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html#configuring-schedule-dlq-dead-letter-event */
  function buryEvent({ arn, functionArn, deadLetterQueueArn }: ScheduleModel, event: unknown, about: GivenUp): void {
    if (deadLetterQueueArn === undefined) return;
    const attributes = {
      ERROR_CODE: about.refusal.code,
      ERROR_MESSAGE: about.refusal.message,
      EXECUTION_ID: about.executionId,
      EXHAUSTED_RETRY_CONDITION: about.condition,
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: String(about.attempt - 1),
      SCHEDULED_TIME: about.scheduledTime,
      SCHEDULE_ARN: arn,
      TARGET_ARN: functionArn,
    };
    const named = Object.entries(attributes).map(
      ([name, StringValue]) => [name, { DataType: 'String', StringValue }] as const,
    );
    bury(deadLetterQueueArn, JSON.stringify(event), Object.fromEntries(named));
  }

  return (schedule: ScheduleModel, scheduledTime: string, signal: AbortSignal): void => {
    deliver(schedule, scheduledTime, signal).catch((error: unknown) => {
      if (!signal.aborted) process.emitWarning(`${schedule.logicalId}: ${String(error)}`);
    });
  };
}

interface GivenUp {
  readonly refusal: Refusal;
  readonly condition: string;
  readonly attempt: number;
  readonly executionId: string;
  readonly scheduledTime: string;
}

const pauseOnTimer = (ms: number, signal: AbortSignal): Promise<unknown> => wait(ms, undefined, { signal });
