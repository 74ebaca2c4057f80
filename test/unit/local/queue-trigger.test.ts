import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { InvokeResult } from '../../../local/lambda/function-host.ts';
import type { QueueBatch } from '../../../local/observe.ts';
import { openQueueStore } from '../../../local/queues/queue-store.ts';
import { startQueueTrigger } from '../../../local/triggers/queue-trigger.ts';
import { queueFixture, REGION } from '../../support/stack-fixture.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const DEAD = queueFixture('Dead');
const QUEUE = queueFixture('Jobs', {
  visibilityTimeoutSeconds: 60,
  redrive: { deadLetterQueueArn: DEAD.arn, maxReceiveCount: 2 },
});
const TRIGGER = {
  logicalId: 'Trigger',
  queueArn: QUEUE.arn,
  functionArn: 'arn:function',
  enabled: true,
  batchSize: 2,
  batchingWindowSeconds: 0,
  reportsItemFailures: true,
  maximumConcurrency: 2,
};

interface Call {
  readonly bodies: readonly string[];
  answer(result: InvokeResult): void;
}

/** A trigger whose function answers when, and what, the test says. The clock of the queue is the test's too. */
function setUp(t: TestContext, overrides: Partial<typeof TRIGGER> = {}, reservedConcurrency?: number) {
  const calls: Call[] = [];
  const batches: QueueBatch[] = [];
  let time = 1_000_000;
  const queues = [QUEUE, DEAD];
  const store = openQueueStore({ file: join(temporaryDirectory(t), 'queues.sqlite'), queues, now: () => time });
  const host = {
    invoke: (event: unknown) =>
      new Promise<InvokeResult>((answer) => {
        const { Records } = event as { Records: { body: string }[] };
        calls.push({ bodies: Records.map(({ body }) => body), answer });
      }),
  };
  const send = (...bodies: readonly string[]): void => {
    for (const body of bodies) store.send(QUEUE, { body, attributes: '{}', groupId: undefined });
  };
  const start = () => {
    const trigger = startQueueTrigger({
      trigger: { ...TRIGGER, ...overrides },
      stack: { region: REGION, queues },
      queue: QUEUE,
      function: { functionName: 'worker', reservedConcurrency },
      host,
      store,
      observer: { batch: (batch) => batches.push(batch) },
    });
    t.after(async () => {
      trigger.stop();
      for (const { answer } of calls) answer({ outcome: 'throttled' });
      await trigger.finished();
      store.close();
    });
    return trigger;
  };
  const counts = () => store.counts(QUEUE);
  return { calls, batches, store, send, start, counts, pass: (ms: number) => void (time += ms) };
}

const ok = (payload: unknown): InvokeResult => ({ outcome: 'ok', payload: JSON.stringify(payload) });
const soon = () => wait(20);

test('no more batches run than the mapping allows, and the next starts when one ends', async (t) => {
  const { calls, send, start, counts } = setUp(t);
  send('1', '2', '3', '4', '5');
  start();

  await soon();
  const before = calls.map(({ bodies }) => bodies);
  calls[0]?.answer(ok({}));
  await soon();

  assert.deepEqual(before, [
    ['1', '2'],
    ['3', '4'],
  ]);
  assert.deepEqual(calls[2]?.bodies, ['5']);
  assert.deepEqual(counts(), { visible: 0, inFlight: 3, delayed: 0 });
});

test('a function that reserves less concurrency gets no more', async (t) => {
  const { calls, send, start } = setUp(t, {}, 1);
  send('1', '2', '3');
  start();

  await soon();

  assert.equal(calls.length, 1);
});

test('what arrives while the window is open joins the batch', async (t) => {
  const { calls, send, start } = setUp(t, { batchingWindowSeconds: 1 });
  send('1');
  start();
  await soon();
  const early = calls.length;

  send('2');
  await soon();

  assert.equal(early, 0);
  assert.deepEqual(calls[0]?.bodies, ['1', '2']);
});

const failures: readonly InvokeResult[] = [
  { outcome: 'error', error: { errorType: 'Error', errorMessage: 'x' } },
  { outcome: 'timeout', error: { errorType: 'Sandbox.Timedout', errorMessage: 'x' } },
  { outcome: 'crash', error: { errorType: 'Runtime.ExitError', errorMessage: 'x' } },
  { outcome: 'throttled' },
  { outcome: 'request-too-large' },
];
for (const failure of failures) {
  test(`a batch that ends with ${failure.outcome} is in flight until its visibility timeout`, async (t) => {
    const { calls, batches, send, start, counts, pass } = setUp(t);
    send('1', '2');
    const trigger = start();
    await soon();
    trigger.stop();

    calls[0]?.answer(failure);
    await trigger.finished();
    const before = counts();
    pass(60_000);

    assert.deepEqual(before, { visible: 0, inFlight: 2, delayed: 0 });
    assert.deepEqual(counts(), { visible: 2, inFlight: 0, delayed: 0 });
    assert.deepEqual(batches, [{ queueName: 'Jobs', functionName: 'worker', messages: 2, failed: 2 }]);
  });
}

test('a trigger that cannot reach its queue says so and goes on when it can', async (t) => {
  const { calls, store, send, start } = setUp(t);
  const warning = once(process, 'warning');
  t.mock.method(store, 'receive', async () => Promise.reject(new Error('the disk is full')), { times: 1 });
  send('1');

  start();
  const [{ message }] = await warning;
  await wait(1_100);

  assert.equal(message, 'Trigger cannot work on Jobs: Error: the disk is full');
  assert.deepEqual(calls[0]?.bodies, ['1']);
});

test('without item failures in the mapping a list of them means nothing', async (t) => {
  const { calls, send, start, counts } = setUp(t, { reportsItemFailures: false });
  send('1');
  start();
  await soon();

  calls[0]?.answer(ok({ batchItemFailures: [{ itemIdentifier: 'whatever' }] }));
  await soon();

  assert.deepEqual(counts(), { visible: 0, inFlight: 0, delayed: 0 });
});

test('once stopped, what arrives stays in the queue', async (t) => {
  const { calls, send, start, counts } = setUp(t);
  const trigger = start();
  await soon();

  trigger.stop();
  await trigger.finished();
  send('late');
  await soon();

  assert.equal(calls.length, 0);
  assert.deepEqual(counts(), { visible: 1, inFlight: 0, delayed: 0 });
});
