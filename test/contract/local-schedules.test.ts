import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { askHub } from '../../local/control/ask-hub.ts';
import { answerSchemas } from '../../local/control/control-commands.ts';
import { type LocalHub, startLocalHub } from '../../local/hub.ts';
import type { QueueBatch, ScheduleFired } from '../../local/observe.ts';
import { openQueueStore } from '../../local/queues/queue-store.ts';
import { synthesizeUnaskedStack } from '../support/unasked-stack.ts';

const directory = mkdtempSync(join(tmpdir(), 'nexus-unasked-'));
const assemblyDirectory = join(directory, 'cdk.out');
const dataDirectory = join(directory, 'data');
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the function told, which the tests look into
const told: any[] = [];
const batches: QueueBatch[] = [];
const fired: ScheduleFired[] = [];
let hub: LocalHub;

const start = async (): Promise<void> => {
  const observer = {
    logLine: ({ line }: { line: string }) => void (line.startsWith('{') && told.push(JSON.parse(line))),
    batch: (batch: QueueBatch) => void batches.push(batch),
    schedule: (schedule: ScheduleFired) => void fired.push(schedule),
  };
  hub = await startLocalHub({ assemblyDirectory, dataDirectory, port: 0, observer });
};

before(async () => {
  synthesizeUnaskedStack(assemblyDirectory);
  await start();
});
after(async () => {
  await hub.close();
  rmSync(directory, { recursive: true });
});

/** Sends as a client of the queue would, while the hub is down. */
async function restartWith(...bodies: readonly string[]): Promise<void> {
  await hub.close();
  told.length = 0;
  batches.length = 0;
  const { queues } = hub.stack;
  const [jobs] = queues.filter(({ logicalId }) => logicalId.startsWith('Jobs'));
  assert.ok(jobs);
  const store = openQueueStore({ file: join(dataDirectory, 'queues.sqlite'), queues, now: Date.now });
  for (const body of bodies) store.send(jobs, { body, attributes: '{}', groupId: 'acme' });
  store.close();
  await start();
}

/** A busy machine takes its time to start a function anew; what never comes is told then all the same. */
const PATIENCE_MS = 60_000;

async function until<T>(what: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const givesUpAt = Date.now() + PATIENCE_MS;
  while (Date.now() < givesUpAt) {
    const found = await what();
    if (found !== undefined) return found;
    await wait(25);
  }
  throw new Error(`nothing came: ${JSON.stringify({ told, batches, fired })}`);
}

const dead = async () => {
  const { messages } = await askHub(dataDirectory, { command: 'show', name: 'Dead', limit: 10 }, answerSchemas.show);
  return messages.length > 0 ? messages : undefined;
};

/** Runs a program of this machine's user against the hub. */
const run = (program: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [`local/${program}.ts`, ...args], {
    env: { ...process.env, NEXUS_DATA: dataDirectory },
  });

test('what waits in a queue invokes its function in batches, and what succeeds is gone', async () => {
  await restartWith('one', 'two', 'three', 'four');

  const [first, second] = await until(() => (batches.length >= 2 ? batches : undefined));

  assert.deepEqual([first?.messages, second?.messages], [3, 1]);
  const [{ bodies, first: record, queueUrl }] = told;
  assert.deepEqual(bodies, ['one', 'two', 'three']);
  assert.equal(record.eventSourceARN, hub.stack.queueTriggers[0]?.queueArn);
  assert.equal(record.attributes.ApproximateReceiveCount, '1');
  assert.equal(record.attributes.MessageGroupId, 'acme');
  assert.match(queueUrl, /^http:\/\/127\.0\.0\.1:\d+\/000000000000\//);
  const { queues } = await askHub(dataDirectory, { command: 'queues' }, answerSchemas.queues);
  assert.deepEqual(
    queues.map(({ visible, inFlight }) => visible + inFlight),
    [0, 0, 0],
  );
});

test('a reported failure alone is received again, and ends in the dead-letter queue, from where it is redriven', async () => {
  await restartWith('ok', 'fail');

  const [message] = await until(dead);
  const shown = await run('queues', 'show', 'Dead');
  const redriven = await run('queues', 'redrive', 'dead');

  assert.equal(message?.body, 'fail');
  assert.match(message?.source ?? '', /^Jobs/);
  assert.deepEqual(
    told.map(({ bodies }) => bodies),
    [['ok', 'fail'], ['fail']],
  );
  assert.match(shown.stdout, /"body":"fail"/);
  assert.match(redriven.stdout, /^1 messages of Dead\w+ are back in their queues$/m);
  await until(() => (told.length >= 3 ? told : undefined));
});

test('a function that dies loses none of its batch', async () => {
  await restartWith('exit', 'innocent');

  await until(async () => {
    const bodies = (await dead())?.map(({ body }) => body);
    return bodies?.includes('exit') && bodies.includes('innocent') ? bodies : undefined;
  });
});

test('a schedule is fired on demand, with its input and its time', async () => {
  const listed = await run('fire');
  const { stdout } = await run('fire', 'daily');

  const { scheduled } = await until(() => told.find((what) => what.scheduled?.cleanup));

  assert.match(listed.stdout, /^Daily\w+ {2}cron\(0 2 \* \* \? \*\) {2}next at \d{4}-\d\d-\d\dT02:00:00\.000Z$/m);
  assert.match(stdout, /^fired Daily/);
  assert.equal(scheduled.at, fired.at(-1)?.scheduledTime);
  assert.equal(fired.at(-1)?.manual, true);
});

test('an event that its function fails on goes to the destination of the function', async () => {
  await run('fire', 'Failing');

  const record = await until(async () => (await dead())?.find(({ body }) => body.includes('RetriesExhausted')));

  const { requestContext, requestPayload, responsePayload } = JSON.parse(record.body);
  assert.equal(requestContext.approximateInvokeCount, 1);
  assert.deepEqual(requestPayload, { fail: true });
  assert.equal(responsePayload.errorMessage, 'failed as asked');
});

test('the door opens only with the secret, which only its owner can read', async () => {
  const file = join(dataDirectory, 'control.json');
  const { url } = JSON.parse(readFileSync(file, 'utf8'));

  const response = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer guessed' }, body: '{}' });

  assert.equal(response.status, 401);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('without a hub, and for what it has not, the commands say what to do', async () => {
  const stderr = (attempt: Promise<unknown>) =>
    attempt.then(
      () => '',
      (error: { stderr: string }) => error.stderr,
    );

  assert.match(await stderr(run('fire', 'Nightly')), /^Nightly names no schedule: the hub has Daily/);
  assert.match(await stderr(run('queues', 'redrive', 'Jobs')), /is the dead-letter queue of no queue/);
  assert.match(await stderr(run('queues', 'empty')), /empty is not understood/);
  await hub.close();
  assert.match(await stderr(run('queues')), /^no hub with queues or schedules runs with its data in .*npm start/);
  await start();
});

test('a hub that is closed while messages run stops within a second', async () => {
  await restartWith('one');
  const startedAt = performance.now();

  await hub.close();

  assert.ok(performance.now() - startedAt < 1_000);
  await start();
});

test('an event that Lambda does not take any more goes to the dead-letter queue of its schedule', async () => {
  const show = { command: 'show', name: 'Undelivered', limit: 1 } as const;
  const letters = async () => (await askHub(dataDirectory, show, answerSchemas.show)).messages;

  const letter = await until(async () => {
    await askHub(dataDirectory, { command: 'fire', name: 'Hanging' }, answerSchemas.fire);
    return (await letters())[0];
  });

  const { queues } = await askHub(dataDirectory, { command: 'queues' }, answerSchemas.queues);
  assert.equal(letter.body, '{"hang":true}');
  assert.equal(queues.find(({ logicalId }) => logicalId.startsWith('Undelivered'))?.isDeadLetterQueue, true);
});
