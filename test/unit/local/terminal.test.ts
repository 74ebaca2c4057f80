import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Observer } from '../../../local/observe.ts';
import { createJsonObserver, createTerminalObserver } from '../../../local/terminal.ts';

const functionName = 'NexusHub-local-Manage1EDA1F68-EC562C61C881';

function shown(create: (write: (line: string) => void) => Observer, act: (observer: Observer) => void): string[] {
  const lines: string[] = [];
  act(create((line) => lines.push(stripVTControlCharacters(line))));
  return lines;
}

const structured = JSON.stringify({
  level: 'WARN',
  message: 'slow',
  service: 'nexus-hub',
  timestamp: 'now',
  slug: 'brave',
});

test('a structured line shows level, message and what is particular to it', () => {
  const lines = shown(createTerminalObserver, ({ logLine }) =>
    logLine?.({ functionName, stream: 'stdout', line: structured }),
  );

  assert.deepEqual(lines, ['manage     WARN slow {"slug":"brave"}']);
});

for (const line of ['plain words', '{ not json', '{"level":"INFO"}']) {
  test(`any other line is shown as it is: ${line}`, () => {
    const lines = shown(createTerminalObserver, ({ logLine }) =>
      logLine?.({ functionName: 'x', stream: 'stdout', line }),
    );

    assert.deepEqual(lines, [`x          ${line}`]);
  });
}

const call = {
  functionName,
  service: 'kms',
  operation: 'Decrypt',
  startedAt: 1,
  endedAt: 2,
  httpStatus: 400,
  errorType: 'AccessDeniedException',
  requestBody: 'sensitive',
};

test('of AWS calls a person sees the refusals', () => {
  const lines = shown(createTerminalObserver, ({ awsCall }) => {
    awsCall?.({ ...call, errorType: undefined });
    awsCall?.(call);
  });

  assert.deepEqual(lines, ['manage     AccessDeniedException: kms Decrypt']);
});

test('a program sees every event as a JSON line, without request bodies', () => {
  const lines = shown(createJsonObserver, (observer) => {
    observer.awsCall?.(call);
    observer.logLine?.({ functionName, stream: 'stderr', line: 'x' });
  });

  assert.deepEqual(
    lines.map((line) => JSON.parse(line).type),
    ['aws-call', 'log'],
  );
  assert.doesNotMatch(lines.join(), /sensitive/);
});

test('as JSON, a structured line keeps its structure', () => {
  const lines = shown(createJsonObserver, ({ logLine }) => {
    logLine?.({ functionName, stream: 'stdout', line: structured });
    logLine?.({ functionName, stream: 'stderr', line: 'plain words' });
  });

  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [
      { type: 'log', functionName, stream: 'stdout', entry: JSON.parse(structured) },
      { type: 'log', functionName, stream: 'stderr', line: 'plain words' },
    ],
  );
});

test('of batches a person sees those that were not all done, and of schedules each one', () => {
  const batch = { queueName: 'Jobs', functionName, messages: 3 };
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
  const fired = { scheduleName: 'Daily', functionArn, scheduledTime: '2026-11-23T02:00:00Z' };

  const lines = shown(createTerminalObserver, (observer) => {
    observer.batch?.({ ...batch, failed: 0 });
    observer.batch?.({ ...batch, failed: 2 });
    observer.schedule?.({ ...fired, manual: false });
    observer.schedule?.({ ...fired, manual: true });
  });

  assert.deepEqual(lines, [
    'manage     2 of 3 messages stay in Jobs',
    'manage     Daily fires',
    'manage     Daily fires, as asked',
  ]);
});
