import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { ScheduleModel } from '../../../local/template/stack-model.ts';
import { createScheduledDelivery } from '../../../local/triggers/scheduled-delivery.ts';

const SCHEDULE: ScheduleModel = {
  logicalId: 'Often',
  scheduleName: 'often',
  arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/often',
  expression: 'rate(1 hour)',
  enabled: true,
  functionArn: 'arn:function',
  input: '{"attempt":"<aws.scheduler.attempt-number>"}',
  role: { logicalId: 'Role', arn: 'arn:role', policies: [] },
  retry: { maximumAttempts: 2, maximumEventAgeSeconds: 3_600 },
  deadLetterQueueArn: 'arn:dead',
};
const BUSY = { code: 'TooManyRequestsException', message: 'busy' };

/** Delivers to a Lambda that refuses so many times. */
async function delivery(schedule: ScheduleModel, refusals: number) {
  const events: unknown[] = [];
  const pauses: number[] = [];
  const buried: { queueArn: string; body: string; attributes: Record<string, string | undefined> }[] = [];
  let time = 0;
  const deliver = createScheduledDelivery({
    invoke: (_, event) => {
      events.push(event);
      return events.length > refusals ? undefined : BUSY;
    },
    bury: (queueArn, body, attributes) => {
      const texts = Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]);
      buried.push({ queueArn, body, attributes: Object.fromEntries(texts) });
    },
    now: () => time,
    pause: async (ms) => {
      pauses.push(ms);
      time += ms;
    },
  });
  deliver(schedule, '2026-11-23T11:00:00Z', new AbortController().signal);
  for (let turns = 0; turns < 300; turns += 1) await turn();
  return { events, pauses, buried };
}

test('an event that Lambda does not take is offered again, later each time, and tells the attempt', async () => {
  const { events, pauses, buried } = await delivery(SCHEDULE, 2);

  assert.deepEqual(events, [{ attempt: '1' }, { attempt: '2' }, { attempt: '3' }]);
  assert.deepEqual([pauses, buried], [[1_000, 2_000], []]);
});

test('an event whose retries are used up goes to the dead-letter queue of the schedule, with the reason', async () => {
  const { events, buried } = await delivery(SCHEDULE, 3);

  assert.equal(events.length, 3);
  const [letter, ...others] = buried;
  assert.deepEqual([letter?.queueArn, letter?.body, others], ['arn:dead', '{"attempt":"3"}', []]);
  const { EXECUTION_ID, ...attributes } = letter?.attributes ?? {};
  assert.match(EXECUTION_ID ?? '', /^[0-9a-f]{16}$/);
  assert.deepEqual(attributes, {
    ERROR_CODE: 'TooManyRequestsException',
    ERROR_MESSAGE: 'busy',
    EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: '2',
    SCHEDULED_TIME: '2026-11-23T11:00:00Z',
    SCHEDULE_ARN: SCHEDULE.arn,
    TARGET_ARN: 'arn:function',
  });
});

test('an event that would be too old at the next attempt is given up before it', async () => {
  const retry = { maximumAttempts: 185, maximumEventAgeSeconds: 60 };

  const { pauses, buried } = await delivery({ ...SCHEDULE, retry }, Infinity);

  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000]);
  assert.equal(buried[0]?.attributes['EXHAUSTED_RETRY_CONDITION'], 'MaximumEventAgeInSeconds');
});

test('without a dead-letter queue a given up event is gone', async () => {
  const { buried } = await delivery({ ...SCHEDULE, deadLetterQueueArn: undefined }, Infinity);

  assert.deepEqual(buried, []);
});
