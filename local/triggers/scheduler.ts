import { randomBytes, randomUUID } from 'node:crypto';
import type { Observer } from '../observe.ts';
import { parseScheduleExpression } from '../template/schedule-expression.ts';
import type { ScheduleTimes } from '../template/schedule-times.ts';
import type { ScheduleModel } from '../template/stack-model.ts';

export interface Scheduler {
  /** Fires a schedule now, enabled or not; its timer is not touched. */
  fire(schedule: ScheduleModel): void;
  /** Nothing fires any more. */
  stop(): void;
}

/** Timers lose more than a few weeks, and do not notice that the machine slept: they are looked at again and again. */
const LONGEST_TIMER_MS = 60_000;

/** Fires the enabled schedules at their times. A time that passes while the machine sleeps is made up for, once. */
export function startScheduler(input: {
  readonly schedules: readonly ScheduleModel[];
  readonly invoke: (functionArn: string, event: unknown) => void;
  readonly observer: Observer;
  readonly now: () => number;
}): Scheduler {
  const { schedules, invoke, observer, now } = input;
  const timers = new Map<ScheduleModel, NodeJS.Timeout>();

  function fireAt(schedule: ScheduleModel, time: number, manual: boolean): void {
    const scheduledTime = new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
    const { scheduleName, functionArn } = schedule;
    observer.schedule?.({ scheduleName, functionArn, scheduledTime, manual });
    invoke(functionArn, eventOf(schedule, scheduledTime));
  }

  function arm(schedule: ScheduleModel, times: ScheduleTimes, due: number | undefined): void {
    if (due === undefined) return;
    const wake = (): void => {
      if (now() < due) return arm(schedule, times, due);
      fireAt(schedule, due, false);
      arm(schedule, times, times.next(now()));
    };
    const ms = Math.min(Math.max(0, due - now()), LONGEST_TIMER_MS);
    timers.set(schedule, setTimeout(wake, ms).unref());
  }

  for (const schedule of schedules.filter(({ enabled }) => enabled)) {
    const times = parseScheduleExpression(schedule.expression);
    arm(schedule, times, times.next(now()));
  }
  return {
    fire: (schedule) => fireAt(schedule, now(), true),
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function eventOf(schedule: ScheduleModel, scheduledTime: string): unknown {
  if (schedule.input === undefined) return defaultEvent(schedule, scheduledTime);
  const attributes: Readonly<Record<string, string>> = {
    'schedule-arn': schedule.arn,
    'scheduled-time': scheduledTime,
    'execution-id': randomBytes(8).toString('hex'),
    'attempt-number': '1',
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
