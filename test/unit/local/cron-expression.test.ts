import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseScheduleExpression } from '../../../local/template/schedule-expression.ts';

const FROM = '2026-11-23T19:07:30Z'; // a Monday

const next = (expression: string, from: string, count = 1): string[] => {
  const times = parseScheduleExpression(expression);
  const found: string[] = [];
  for (let at: number | undefined = Date.parse(from); found.length < count;) {
    at = times.next(at);
    if (at === undefined) return [...found, 'never'];
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
};

const examples: readonly (readonly [expression: string, ...times: string[]])[] = [
  ['rate(5 minutes)', '2026-11-23T19:10', '2026-11-23T19:15'],
  ['rate(1 day)', '2026-11-24T00:00'],
  ['cron(0 2 * * ? *)', '2026-11-24T02:00', '2026-11-25T02:00'],
  ['cron(*/15 19 * * ? *)', '2026-11-23T19:15', '2026-11-23T19:30'],
  ['cron(10/20 * * * ? *)', '2026-11-23T19:10', '2026-11-23T19:30', '2026-11-23T19:50', '2026-11-23T20:10'],
  ['cron(0 8,18-19 ? * MON-WED *)', '2026-11-24T08:00', '2026-11-24T18:00', '2026-11-24T19:00'],
  // 1 is Sunday.
  ['cron(0 0 ? * 1 *)', '2026-11-29T00:00'],
  ['cron(0 0 ? * L *)', '2026-11-28T00:00'],
  ['cron(0 0 ? * 6L *)', '2026-11-27T00:00', '2026-12-25T00:00'],
  ['cron(0 0 ? * TUE#5 *)', '2026-12-29T00:00', '2027-03-30T00:00'],
  ['cron(0 0 L FEB ? *)', '2027-02-28T00:00', '2028-02-29T00:00'],
  ['cron(0 0 LW * ? *)', '2026-11-30T00:00', '2026-12-31T00:00', '2027-01-29T00:00'],
  ['cron(0 0 1W AUG ? 2027)', '2027-08-02T00:00', 'never'],
  ['cron(0 0 15W AUG ? 2027)', '2027-08-16T00:00', 'never'],
  ['cron(0 0 30 2 ? *)', 'never'],
  ['cron(0 0 29 2 ? 2027-2031)', '2028-02-29T00:00', 'never'],
];

for (const [expression, ...times] of examples) {
  test(`${expression} fires at ${times.join(', then ')}`, () => {
    assert.deepEqual(next(expression, FROM, times.length), times);
  });
}

const wrong = [
  'at(2026-01-01T00:00:00)',
  'rate(0 minutes)',
  'rate(5 seconds)',
  'rate(5 minutes',
  'cron(0 2 * * *)',
  'cron(0 2 * * * *)',
  'cron(0 2 ? * ? *)',
  'cron(60 2 * * ? *)',
  'cron(5-1 2 * * ? *)',
  'cron(*/0 2 * * ? *)',
  'cron(1/2/3 2 * * ? *)',
  'cron( 2 * * ? *)',
  'cron(0 2 32 * ? *)',
  'cron(0 2 ? * 0 *)',
  'cron(0 2 ? * MON#6 *)',
  'cron(0 2 * * ? 1969)',
];

for (const expression of wrong) {
  test(`${expression} is refused`, () => {
    assert.throws(() => parseScheduleExpression(expression), Error);
  });
}

test('the next time of any cron is later, matches, and nothing between matches', () => {
  const list = (least: number, most: number) =>
    fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 4 });
  const fields = fc.record({ minutes: list(0, 59), hours: list(0, 23), days: list(1, 7), byWeek: fc.boolean() });
  const start = fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
  const MINUTE = 60_000;

  fc.assert(
    fc.property(fields, start, ({ minutes, hours, days, byWeek }, from) => {
      const dayFields = byWeek ? `? * ${days.join()}` : `${days.join()} * ?`;
      const found = parseScheduleExpression(`cron(${minutes.join()} ${hours.join()} ${dayFields} *)`).next(
        from.getTime(),
      );
      const matches = (at: Date): boolean =>
        minutes.includes(at.getUTCMinutes()) &&
        hours.includes(at.getUTCHours()) &&
        days.includes(byWeek ? at.getUTCDay() + 1 : at.getUTCDate());
      let expected = (Math.floor(from.getTime() / MINUTE) + 1) * MINUTE;
      while (!matches(new Date(expected))) expected += MINUTE;
      assert.equal(found, expected);
    }),
    { numRuns: 50 },
  );
});
