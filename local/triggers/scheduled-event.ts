import { randomUUID } from 'node:crypto';
import type { ScheduleModel } from '../template/stack-model.ts';

export interface Execution {
  /** ISO 8601. */
  readonly scheduledTime: string;
  readonly executionId: string;
  /** From 1. */
  readonly attempt: number;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export function scheduledEvent(schedule: ScheduleModel, execution: Execution): unknown {
  if (schedule.input === undefined) return defaultEvent(schedule, execution.scheduledTime);
  const attributes: Readonly<Record<string, string>> = {
    'schedule-arn': schedule.arn,
    'scheduled-time': execution.scheduledTime,
    'execution-id': execution.executionId,
    'attempt-number': String(execution.attempt),
  };
  const input = schedule.input.replace(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (text, name: string) => attributes[name] ?? text,
  );
  return JSON.parse(input);
}

/** What Scheduler sends where the template sets no input. */
const defaultEvent = ({ arn }: ScheduleModel, time: string): object => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.scheduler',
  account: arn.split(':')[4],
  time,
  region: arn.split(':')[3],
  resources: [arn],
  detail: '{}',
});
