import { parseCron } from './cron-expression.ts';
import type { ScheduleTimes } from './schedule-times.ts';

/**
 * EventBridge Scheduler's `rate()` and `cron()`: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * A rate counts from the epoch and not from the creation of the schedule, so that restarts do not shift it.
 */
export function parseScheduleExpression(text: string): ScheduleTimes {
  const [, type, argument = ''] = /^(rate|cron)\((.*)\)$/.exec(text) ?? [];
  if (type === 'rate') return parseRate(argument);
  if (type === 'cron') return parseCron(argument);
  throw new Error(`${text} is not understood by the local runtime: write rate(...) or cron(...)`);
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function parseRate(argument: string): ScheduleTimes {
  const [, count, unit = ''] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(argument) ?? [];
  const period = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(period)) throw new Error(`rate(${argument}) is not a rate like rate(5 minutes)`);
  return { next: (afterMs) => (Math.floor(afterMs / period) + 1) * period };
}
