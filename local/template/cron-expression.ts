import type { ScheduleTimes } from './schedule-times.ts';

/**
 * EventBridge's six fields: minutes, hours, day of month, month, day of week, year. The libraries for cron know neither
 * its years, nor weekdays from 1 for Sunday, nor that one of the days must be `?`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function parseCron(argument: string): ScheduleTimes {
  const texts = argument.split(' ');
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = texts;
  if (texts.length !== 6 || (dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error(`cron(${argument}) needs six fields, of which either the day of the month or of the week is ?`);
  }
  const fields = {
    minutes: numbers(MINUTE, minute),
    hours: numbers(HOUR, hour),
    months: new Set(numbers(MONTH, month)),
    years: new Set(numbers(YEAR, year)),
    isDay: dayOfWeek === '?' ? daysOfMonth(dayOfMonth) : daysOfWeek(dayOfWeek),
  };
  return { next: (afterMs) => next(fields, afterMs) };
}

interface Fields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  readonly isDay: IsDay;
}

/** Whether a day is one of those that the field names. */
type IsDay = (year: number, month: number, day: number) => boolean;

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: readonly string[];
}

const MINUTE: Field = { name: 'minutes', least: 0, most: 59 };
const HOUR: Field = { name: 'hours', least: 0, most: 23 };
const DAY: Field = { name: 'day of month', least: 1, most: 31 };
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const MONTH: Field = { name: 'month', least: 1, most: 12, words: MONTHS };
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const WEEKDAY: Field = { name: 'day of week', least: 1, most: 7, words: WEEKDAYS };
const YEAR: Field = { name: 'year', least: 1970, most: 2199 };

const DAY_MS = 86_400_000;

/** The calendar repeats after 400 years, of which the field knows 230: beyond its last year there is nothing. */
function next({ minutes, hours, months, years, isDay }: Fields, afterMs: number): number | undefined {
  const end = Date.UTC(YEAR.most + 1, 0, 1);
  for (let day = Math.floor(afterMs / DAY_MS) * DAY_MS; day < end; day += DAY_MS) {
    const date = new Date(day);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
    if (!years.has(year) || !months.has(month) || !isDay(year, month, date.getUTCDate())) continue;
    const times = hours.flatMap((hour) => minutes.map((minute) => day + (hour * 60 + minute) * 60_000));
    const found = times.find((time) => time > afterMs);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `*`, `5`, `1-5`, `0/15`, `10-30/5`, `MON-FRI` and lists of them; sorted, each once. */
function numbers(field: Field, text: string): number[] {
  const all = text.split(',').flatMap((part) => range(field, part));
  return [...new Set(all)].sort((left, right) => left - right);
}

function range(field: Field, part: string): number[] {
  const [span = '', step = '1', ...more] = part.split('/');
  const [first = '', last, ...others] = span === '*' ? [String(field.least), String(field.most)] : span.split('-');
  const from = number(field, first);
  // `10/5` goes on to the end of the field.
  const to = last === undefined ? (part.includes('/') ? field.most : from) : number(field, last);
  const by = Number(step);
  if (more.length > 0 || others.length > 0 || !/^\d+$/.test(step) || by < 1 || to < from) throw wrong(field, part);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function number(field: Field, text: string): number {
  const word = field.words?.indexOf(text.toUpperCase()) ?? -1;
  const value = word >= 0 ? word + field.least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.least && value <= field.most)) throw wrong(field, text);
  return value;
}

const wrong = (field: Field, text: string): Error =>
  new Error(`${text || 'nothing'} is not a ${field.name} field of cron() (${field.least} to ${field.most})`);

const lastDay = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** 1 is Sunday. */
const weekday = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

/** `L` is the last day of the month, `LW` its last weekday, `15W` the weekday that is nearest to the 15th. */
function daysOfMonth(text: string): IsDay {
  if (text === 'L') return (year, month, day) => day === lastDay(year, month);
  if (text === 'LW') return (year, month, day) => day === nearestWeekday(year, month, lastDay(year, month));
  const [, nearest] = /^(\d+)W$/.exec(text) ?? [];
  if (nearest !== undefined) {
    const target = number(DAY, nearest);
    return (year, month, day) => target <= lastDay(year, month) && day === nearestWeekday(year, month, target);
  }
  const days = new Set(numbers(DAY, text));
  return (_year, _month, day) => days.has(day);
}

/** Never in another month. */
function nearestWeekday(year: number, month: number, target: number): number {
  const at = weekday(year, month, target);
  if (at === 7) return target === 1 ? target + 2 : target - 1;
  if (at === 1) return target === lastDay(year, month) ? target - 2 : target + 1;
  return target;
}

/** `6L` is the last Friday of the month, `2#1` its first Monday, `L` every Saturday. */
function daysOfWeek(text: string): IsDay {
  const [, last] = /^([1-7]|[A-Z]{3})L$/i.exec(text) ?? [];
  if (last !== undefined) {
    const target = number(WEEKDAY, last);
    return (year, month, day) => weekday(year, month, day) === target && day + 7 > lastDay(year, month);
  }
  const [, which, week] = /^([1-7]|[A-Z]{3})#([1-5])$/i.exec(text) ?? [];
  if (which !== undefined) {
    const target = number(WEEKDAY, which);
    return (year, month, day) => weekday(year, month, day) === target && Math.ceil(day / 7) === Number(week);
  }
  const days = new Set(text === 'L' ? [7] : numbers(WEEKDAY, text));
  return (year, month, day) => days.has(weekday(year, month, day));
}
