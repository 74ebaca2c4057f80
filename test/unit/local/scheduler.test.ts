import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { InvokeResult } from '../../../local/lambda/function-host.ts';
import type { ScheduleFired } from '../../../local/observe.ts';
import type { ScheduleModel } from '../../../local/template/stack-model.ts';
import { createAsynchronousInvocations } from '../../../local/triggers/asynchronous-invocations.ts';
import { createScheduledDelivery } from '../../../local/triggers/scheduled-delivery.ts';
import { startScheduler } from '../../../local/triggers/scheduler.ts';
import { functionModel } from '../../support/function-model.ts';

const SCHEDULE: ScheduleModel = {
  logicalId: 'Often',
  scheduleName: 'often',
  arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/often',
  expression: 'rate(1 hour)',
  enabled: true,
  functionArn: 'arn:function',
  input: '{"at":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>","kept":"<aws.scheduler.else>"}',
  role: { logicalId: 'Role', arn: 'arn:role', policies: [] },
  retry: { maximumAttempts: 3, maximumEventAgeSeconds: 3_600 },
  deadLetterQueueArn: undefined,
};

function schedulerAt(t: TestContext, time: string, ...schedules: readonly ScheduleModel[]) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse(time) });
  const fired: ScheduleFired[] = [];
  const events: unknown[] = [];
  const scheduler = startScheduler({
    schedules,
    deliver: createScheduledDelivery({
      invoke: (_, event) => {
        events.push(event);
        return undefined;
      },
      bury: () => assert.fail('nothing is given up'),
      now: Date.now,
    }),
    observer: { schedule: (one) => fired.push(one) },
    now: Date.now,
  });
  t.after(() => scheduler.stop());
  const pass = (minutes: number): void => {
    for (let minute = 0; minute < minutes; minute += 1) t.mock.timers.tick(60_000);
  };
  return { scheduler, fired, events, pass };
}

test('a schedule fires at its times with its input, and not before', (t) => {
  const { events, pass } = schedulerAt(t, '2026-11-23T10:30:00Z', SCHEDULE);

  pass(29);
  const early = events.length;
  pass(1);
  pass(60);

  assert.equal(early, 0);
  assert.deepEqual(events, [
    { at: '2026-11-23T11:00:00Z', by: SCHEDULE.arn, kept: '<aws.scheduler.else>' },
    { at: '2026-11-23T12:00:00Z', by: SCHEDULE.arn, kept: '<aws.scheduler.else>' },
  ]);
});

test('a disabled schedule fires on demand alone, and nothing fires once stopped', (t) => {
  const disabled = { ...SCHEDULE, enabled: false };
  const { scheduler, fired, pass } = schedulerAt(t, '2026-11-23T10:30:00Z', disabled, SCHEDULE);

  scheduler.fire(disabled);
  scheduler.stop();
  pass(60);

  assert.deepEqual(
    fired.map(({ manual, scheduledTime }) => ({ manual, scheduledTime })),
    [{ manual: true, scheduledTime: '2026-11-23T10:30:00Z' }],
  );
});

test('without an input the function gets the event of Scheduler', (t) => {
  const { scheduler, events } = schedulerAt(t, '2026-11-23T10:30:00Z');

  scheduler.fire({ ...SCHEDULE, input: undefined });

  const { id, ...event } = events[0] as Record<string, unknown>;
  assert.equal(typeof id, 'string');
  assert.deepEqual(event, {
    version: '0',
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: '000000000000',
    time: '2026-11-23T10:30:00Z',
    region: 'us-east-1',
    resources: [SCHEDULE.arn],
    detail: '{}',
  });
});

const FAILED: InvokeResult = { outcome: 'error', error: { errorType: 'Error', errorMessage: 'no' } };

async function invocation(results: readonly InvokeResult[], asynchronous: object = {}) {
  const model = functionModel('plain');
  const host = { invoke: async () => left.shift() ?? ({ outcome: 'ok', payload: 'null' } satisfies InvokeResult) };
  const left = [...results];
  const pauses: number[] = [];
  const records: string[] = [];
  let time = 0;
  const invocations = createAsynchronousInvocations({
    functions: new Map([
      [model.arn, { host, model: { ...model, asynchronous: { ...model.asynchronous, ...asynchronous } } }],
    ]),
    bury: (_, record) => records.push(record),
    now: () => time,
    pause: async (ms) => {
      pauses.push(ms);
      time += ms;
    },
  });
  invocations.invoke(model.arn, { job: 1 });
  await invocations.finished();
  return { pauses, left, records: records.map((record) => JSON.parse(record)) };
}

test('an event whose function fails is tried again after one and two minutes, then given up to the destination', async () => {
  const { pauses, records } = await invocation([FAILED, FAILED, FAILED], { onFailureQueueArn: 'arn:queue' });

  assert.deepEqual(pauses, [60_000, 120_000]);
  const [{ requestContext, requestPayload, responsePayload }, ...others] = records;
  assert.deepEqual(others, []);
  assert.deepEqual([requestContext.condition, requestContext.approximateInvokeCount], ['RetriesExhausted', 3]);
  assert.deepEqual([requestPayload, responsePayload.errorMessage], [{ job: 1 }, 'no']);
});

test('an event that succeeds at the second attempt is not given up', async () => {
  const { pauses, records } = await invocation([FAILED], { onFailureQueueArn: 'arn:queue' });

  assert.deepEqual([pauses, records], [[60_000], []]);
});

test('a throttled event waits longer and longer without using up its retries, until it is too old', async () => {
  const throttled: InvokeResult[] = Array.from({ length: 20 }, () => ({ outcome: 'throttled' }));

  const { pauses, records, left } = await invocation(throttled, {
    onFailureQueueArn: 'arn:queue',
    maximumEventAgeSeconds: 60,
  });

  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
  assert.equal(left.length, 14);
  assert.equal(records[0].requestContext.condition, 'EventAgeExceeded');
});
