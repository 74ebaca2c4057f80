import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { openQueueStore, type QueueStore } from '../../../local/queues/queue-store.ts';
import { queueFixture } from '../../support/stack-fixture.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const DEAD = queueFixture('Dead');
const JOBS = queueFixture('Jobs', { redrive: { deadLetterQueueArn: DEAD.arn, maxReceiveCount: 3 } });
const QUEUES = [JOBS, DEAD];

interface Clock {
  time: number;
}

function open(t: TestContext, file: string, clock: Clock, queues = QUEUES): QueueStore {
  const store = openQueueStore({ file, queues, now: () => clock.time });
  t.after(() => store.close());
  return store;
}

const message = (body: string, groupId?: string) => ({ body, attributes: '{}', groupId });
const bodies = (messages: readonly { body: string }[]) => messages.map(({ body }) => body);

test('a delayed message comes when its time has come, and an old one goes', async (t) => {
  const clock = { time: 0 };
  const queue = queueFixture('Jobs', { delaySeconds: 5, retentionSeconds: 60 });
  const store = open(t, join(temporaryDirectory(t), 'q.sqlite'), clock, [queue]);
  store.send(queue, message('late'));

  const early = store.counts(queue);
  clock.time = 5_000;
  const due = store.counts(queue);
  clock.time = 60_001;
  const gone = await store.receive(queue, { maxMessages: 1 });

  assert.deepEqual([early.delayed, due.visible, gone], [1, 1, []]);
});

test('a batch is as large as allowed, but never empty for its first message', async (t) => {
  const store = open(t, join(temporaryDirectory(t), 'q.sqlite'), { time: 0 });
  for (const body of ['x'.repeat(100), 'yy', 'zz']) store.send(JOBS, message(body));

  const first = await store.receive(JOBS, { maxMessages: 10, maxBytes: 10 });
  const second = await store.receive(JOBS, { maxMessages: 10, maxBytes: 10 });

  assert.deepEqual([first.length, bodies(second)], [1, ['yy', 'zz']]);
});

test('a poll whose client has gone takes no message', async (t) => {
  const store = open(t, join(temporaryDirectory(t), 'q.sqlite'), { time: 0 });
  const gone = new AbortController();
  const poll = store.receive(JOBS, { maxMessages: 1, waitMs: 5_000, signal: gone.signal });

  gone.abort();
  store.send(JOBS, message('kept'));

  assert.deepEqual(await poll, []);
  assert.equal(store.counts(JOBS).visible, 1);
});

test('nobody but the owner can read the messages, wherever SQLite keeps them', (t) => {
  const directory = temporaryDirectory(t);
  const store = open(t, join(directory, 'q.sqlite'), { time: 0 });
  store.send(JOBS, message('private'));

  const modes = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]);

  assert.deepEqual(modes, [
    ['q.sqlite', 0o600],
    ['q.sqlite-shm', 0o600],
    ['q.sqlite-wal', 0o600],
  ]);
});

test('what was sent is there after the process was killed', async (t) => {
  const file = join(temporaryDirectory(t), 'q.sqlite');
  const url = (path: string) => pathToFileURL(join(import.meta.dirname, '../../..', path)).href;
  const script = `
    import { openQueueStore } from '${url('local/queues/queue-store.ts')}';
    import { queueFixture } from '${url('test/support/stack-fixture.ts')}';
    const queue = queueFixture('Jobs');
    const store = openQueueStore({ file: ${JSON.stringify(file)}, queues: [queue], now: Date.now });
    for (let n = 0; ; n += 1) {
      store.send(queue, { body: String(n), attributes: '{}', groupId: undefined });
      process.stdout.write(n + '\\n');
      if (n % 10 === 0) await new Promise(setImmediate);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let confirmed = -1;
  const lines = createInterface(child.stdout).on('line', (line) => {
    confirmed = Number(line);
    if (confirmed === 50) child.kill('SIGKILL');
  });
  await Promise.all([once(child, 'exit'), once(lines, 'close')]);

  const store = open(t, file, { time: Date.now() });

  assert.ok(confirmed >= 50);
  const kept = bodies(store.peek(JOBS, 100_000));
  assert.deepEqual(
    kept.slice(0, confirmed + 1),
    Array.from({ length: confirmed + 1 }, (_, n) => String(n)),
  );
});

const step = fc.oneof(
  fc.record({ do: fc.constant('send' as const), group: fc.constantFrom('a', 'b', undefined) }),
  fc.record({ do: fc.constant('receive' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('delete' as const) }),
  fc.record({ do: fc.constant('giveBack' as const) }),
  fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(1, 29, 31) }),
  fc.record({ do: fc.constant('reopen' as const) }),
  fc.record({ do: fc.constant('redrive' as const) }),
);

test('whatever happens, a message is deleted, waiting, in one flight or dead: never lost, never twice', async (t) => {
  const directory = temporaryDirectory(t);
  let run = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      run += 1;
      const file = join(directory, `${run}.sqlite`);
      const clock = { time: 1_000_000 };
      const reopen = () => openQueueStore({ file, queues: QUEUES, now: () => clock.time });
      let store = reopen();
      let flights = new Map<string, { receipt: string; until: number }>();
      const live = new Set<string>();
      let sent = 0;
      for (const next of steps) {
        const [flight] = flights;
        if (next.do === 'send') {
          live.add(String(sent));
          store.send(JOBS, message(String(sent), next.group));
          sent += 1;
        } else if (next.do === 'receive') {
          for (const { body, receipt, receiveCount } of await store.receive(JOBS, { maxMessages: next.count })) {
            assert.ok(!((flights.get(body)?.until ?? 0) > clock.time), `${body} is in two flights`);
            assert.ok(live.has(body) && receiveCount <= 3 && receipt !== null);
            flights.set(body, { receipt, until: clock.time + 30_000 });
          }
        } else if (next.do === 'delete' && flight !== undefined) {
          const [body, { receipt }] = flight;
          const before = store.peek(JOBS, 100).some((one) => one.receipt === receipt);
          store.delete(JOBS, receipt);
          if (before) live.delete(body);
          flights.delete(body);
        } else if (next.do === 'giveBack' && flight !== undefined) {
          const [body, { receipt, until }] = flight;
          assert.equal(store.changeVisibility(JOBS, receipt, 0), until > clock.time);
          flights.delete(body);
        } else if (next.do === 'pass') clock.time += next.seconds * 1_000;
        else if (next.do === 'redrive') store.redrive(DEAD);
        else if (next.do === 'reopen') {
          store.close();
          store = reopen();
          flights = new Map();
        }
        const present = [...bodies(store.peek(JOBS, 100)), ...bodies(store.peek(DEAD, 100))];
        assert.deepEqual(present.sort(), [...live].sort());
      }
      store.close();
    }),
    { numRuns: 60 },
  );
});
