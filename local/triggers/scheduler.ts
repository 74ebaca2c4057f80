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
  readonly deliver: (schedule: ScheduleModel, scheduledTime: string, signal: AbortSignal) => void;
  readonly observer: Observer;
  readonly now: () => number;
}): Scheduler {
  const { schedules, deliver, observer, now } = input;
  const stopping = new AbortController();
  const timers = new Map<ScheduleModel, NodeJS.Timeout>();

  function fireAt(schedule: ScheduleModel, time: number, manual: boolean): void {
    const scheduledTime = new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
    const { scheduleName, functionArn } = schedule;
    observer.schedule?.({ scheduleName, functionArn, scheduledTime, manual });
    deliver(schedule, scheduledTime, stopping.signal);
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
      stopping.abort();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
