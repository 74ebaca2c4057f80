import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createFunctionHost, type FunctionHostOptions, type InvokeResult } from '../../local/lambda/function-host.ts';
import type { FunctionLogLine, Invocation } from '../../local/observe.ts';
import { functionModel } from '../support/function-model.ts';

function host(t: TestContext, options: Partial<FunctionHostOptions> = {}) {
  const logLines: FunctionLogLine[] = [];
  const invocations: Invocation[] = [];
  const functionHost = createFunctionHost({
    function: functionModel('plain'),
    region: 'us-east-1',
    endpointUrl: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'session' },
    observer: { logLine: (line) => logLines.push(line), invocation: (invocation) => invocations.push(invocation) },
    ...options,
  });
  t.after(() => functionHost.close());
  return { ...functionHost, logLines, invocations };
}

function answer(result: InvokeResult): Record<string, unknown> {
  assert.equal(result.outcome, 'ok', JSON.stringify(result));
  return JSON.parse(result.payload);
}

async function collect(functionHost: ReturnType<typeof host>, action: string) {
  const chunks: string[] = [];
  const result = await functionHost.invokeStreaming(
    { action },
    { write: (bytes) => void chunks.push(Buffer.from(bytes).toString('latin1')) },
  );
  return { result, chunks };
}

const alive = (pid: unknown): boolean => {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
};

test('a warm environment serves the next request and keeps its module state', async (t) => {
  const { invoke, invocations } = host(t);

  const first = answer(await invoke({ action: 'identify' }));
  const second = answer(await invoke({ action: 'identify' }));

  assert.deepEqual(second, { pid: first['pid'], count: 2 });
  assert.deepEqual(
    invocations.map(({ coldStart, outcome }) => ({ coldStart, outcome })),
    [
      { coldStart: true, outcome: 'ok' },
      { coldStart: false, outcome: 'ok' },
    ],
  );
});

test('simultaneous requests run in environments of their own', async (t) => {
  const { invoke } = host(t, { maxEnvironments: 2 });

  const answers = await Promise.all([invoke({ action: 'wait', ms: 100 }), invoke({ action: 'wait', ms: 100 })]);

  assert.equal(new Set(answers.map((result) => answer(result)['pid'])).size, 2);
});

test('an environment serves one request at a time and the next one waits', async (t) => {
  const { invoke } = host(t, { maxEnvironments: 1 });

  const answers = await Promise.all([invoke({ action: 'wait', ms: 50 }), invoke({ action: 'wait', ms: 50 })]);

  assert.equal(new Set(answers.map((result) => answer(result)['pid'])).size, 1);
});

test('a request that waits too long for an environment is throttled, and the log says so', async (t) => {
  const { invoke, logLines } = host(t, {
    maxEnvironments: 4,
    maxWaitMs: 20,
    function: functionModel('plain', { reservedConcurrency: 1 }),
  });

  const [first, second] = await Promise.all([invoke({ action: 'wait', ms: 400 }), invoke({ action: 'echo' })]);

  assert.equal(first?.outcome, 'ok');
  assert.deepEqual(second, { outcome: 'throttled' });
  assert.deepEqual(logLines, [
    { functionName: 'test-plain', stream: 'stderr', line: 'throttled: 1 environments busy' },
  ]);
});

test('fifty slow requests at once are all answered', { timeout: 60_000 }, async (t) => {
  const { invoke } = host(t);

  const results = await Promise.all(Array.from({ length: 50 }, () => invoke({ action: 'wait', ms: 1_000 })));

  assert.deepEqual(new Set(results.map(({ outcome }) => outcome)), new Set(['ok']));
});

test('a function that computes beyond its time limit is killed and the next request starts cold', async (t) => {
  const { invoke, invocations, logLines } = host(t, { function: functionModel('plain', { timeoutSeconds: 1 }) });
  const { pid } = answer(await invoke({ action: 'identify' }));

  const result = await invoke({ action: 'spin' });
  const next = answer(await invoke({ action: 'identify' }));

  assert.equal(result.outcome, 'timeout');
  assert.match(logLines.at(-1)?.line ?? '', /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/);
  assert.equal(next['count'], 1);
  assert.notEqual(next['pid'], pid);
  assert.equal(invocations.at(-1)?.coldStart, true);
});

test('a process that exits is a crash and the next request gets a fresh environment', async (t) => {
  const { invoke } = host(t);

  const result = await invoke({ action: 'exit' });
  const next = answer(await invoke({ action: 'identify' }));

  assert.deepEqual(result, {
    outcome: 'crash',
    error: { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited with error: exit status 3' },
  });
  assert.equal(next['count'], 1);
});

test('a crash frees its place for the request that waits', async (t) => {
  const { invoke } = host(t, { maxEnvironments: 1 });

  const [crashed, next] = await Promise.all([invoke({ action: 'exit' }), invoke({ action: 'identify' })]);

  assert.equal(crashed?.outcome, 'crash');
  assert.equal(next?.outcome, 'ok');
});

test('a bundle that does not load is a crash that names the error', async (t) => {
  const { invoke } = host(t, { function: functionModel('broken') });

  const result = await invoke({});

  assert.equal(result.outcome, 'crash');
  assert.match(JSON.stringify(result), /broken at load/);
});

test('an exported handler that does not exist is named', async (t) => {
  const { invoke } = host(t, { function: functionModel('plain', { handler: 'index.missing' }) });

  const result = await invoke({});

  assert.match(JSON.stringify(result), /Runtime\.HandlerNotFound.*index\.missing is undefined or not exported/);
});

test('an error of the handler is an answer and the environment stays', async (t) => {
  const { invoke, invocations } = host(t);

  const result = await invoke({ action: 'fail' });
  const next = answer(await invoke({ action: 'identify' }));

  assert.equal(result.outcome, 'error');
  assert.match(JSON.stringify(result), /"errorType":"RangeError","errorMessage":"out of range"/);
  assert.equal(next['count'], 2);
  assert.equal(invocations[0]?.outcome, 'error');
});

test('a function sees the variables of Lambda and nothing of this machine', async (t) => {
  const { invoke } = host(t);

  const variables = answer(await invoke({ action: 'environment' }));

  assert.deepEqual(Object.keys(variables).toSorted(), [
    'AWS_ACCESS_KEY_ID',
    'AWS_DEFAULT_REGION',
    'AWS_ENDPOINT_URL',
    'AWS_EXECUTION_ENV',
    'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
    'AWS_LAMBDA_FUNCTION_NAME',
    'AWS_LAMBDA_FUNCTION_VERSION',
    'AWS_LAMBDA_INITIALIZATION_TYPE',
    'AWS_LAMBDA_LOG_GROUP_NAME',
    'AWS_LAMBDA_LOG_STREAM_NAME',
    'AWS_REGION',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'LAMBDA_TASK_ROOT',
    'LANG',
    'PATH',
    'STAGE',
    'TZ',
    '_HANDLER',
  ]);
  assert.equal(variables['STAGE'], 'test');
  assert.equal(variables['AWS_SESSION_TOKEN'], 'session');
});

test('the context tells the function who it is and how long it has', async (t) => {
  const { invoke, invocations } = host(t);

  const { remainingMs, ...context } = answer(await invoke({ action: 'context' }));

  assert.deepEqual(context, {
    functionName: 'test-plain',
    functionVersion: '$LATEST',
    invokedFunctionArn: functionModel('plain').arn,
    memoryLimitInMB: '128',
    awsRequestId: invocations[0]?.requestId,
    logGroupName: '/aws/lambda/test-plain',
    logStreamName: 'local',
  });
  assert.ok(Number(remainingMs) > 8_000 && Number(remainingMs) <= 10_000);
});

test('a handler that returns nothing answers null', async (t) => {
  const { invoke } = host(t);

  assert.deepEqual(await invoke({ action: 'nothing' }), { outcome: 'ok', payload: 'null' });
});

test('what a function prints is known line by line when its answer arrives', async (t) => {
  const { invoke, logLines } = host(t);

  await invoke({ action: 'log' });

  assert.deepEqual(
    logLines.toSorted((a, b) => a.stream.localeCompare(b.stream)),
    [
      { functionName: 'test-plain', stream: 'stderr', line: 'to stderr' },
      { functionName: 'test-plain', stream: 'stdout', line: 'to stdout' },
    ],
  );
});

test('a request above 6 MB is refused and a response above 6 MB is an error', async (t) => {
  const { invoke } = host(t);

  const tooMuchAsked = await invoke({ action: 'echo', padding: 'x'.repeat(6_291_557) });
  const tooMuchAnswered = await invoke({ action: 'large', bytes: 6_291_557 });
  const justFits = await invoke({ action: 'large', bytes: 6_291_554 });

  assert.deepEqual(tooMuchAsked, { outcome: 'request-too-large' });
  assert.match(JSON.stringify(tooMuchAnswered), /Function\.ResponseSizeTooLarge/);
  assert.equal(justFits.outcome, 'ok');
});

test('a stream carries its prelude, eight zero bytes and the chunks as they come', async (t) => {
  const { result, chunks } = await collect(host(t, { function: functionModel('streaming') }), 'twoParts');

  assert.deepEqual(result, { outcome: 'ok' });
  assert.deepEqual(chunks, [
    `{"statusCode":201,"headers":{"content-type":"text/event-stream"}}${'\0'.repeat(8)}data: 1\n\n`,
    'data: 2\n\n',
  ]);
});

test('an empty first write sends the prelude', async (t) => {
  const { chunks } = await collect(host(t, { function: functionModel('streaming') }), 'emptyBody');

  assert.deepEqual(chunks, [`{"statusCode":202,"headers":{}}${'\0'.repeat(8)}`]);
});

test('without a write the prelude is lost, as on Lambda', async (t) => {
  const { chunks } = await collect(host(t, { function: functionModel('streaming') }), 'neverWritten');

  assert.deepEqual(chunks, []);
});

test('a chunk given to end is lost, as on Lambda', async (t) => {
  const { chunks } = await collect(host(t, { function: functionModel('streaming') }), 'chunkAtEnd');

  assert.match(chunks.join(''), /kept$/);
});

test('an error halfway ends a stream as an error', async (t) => {
  const { result, chunks } = await collect(host(t, { function: functionModel('streaming') }), 'breakHalfway');

  assert.equal(result.outcome, 'error');
  assert.match(chunks.join(''), /half$/);
});

test('a function waits for a slow consumer', async (t) => {
  const { invokeStreaming, logLines } = host(t, { function: functionModel('streaming') });
  let received = 0;

  await invokeStreaming(
    { action: 'muchData' },
    {
      async write(bytes) {
        await wait(1);
        received += bytes.byteLength;
      },
    },
  );

  assert.ok(received > 64 * 16 * 1024);
  assert.ok(logLines.some(({ line }) => line === 'waiting for the consumer'));
});

test('a function learns that its consumer has gone', async (t) => {
  const { invokeStreaming, logLines } = host(t, { function: functionModel('streaming') });
  const consumer = new AbortController();

  const result = await invokeStreaming(
    { action: 'untilGone' },
    { write: () => consumer.abort(), signal: consumer.signal },
  );

  assert.deepEqual(result, { outcome: 'ok' });
  assert.equal(logLines.at(-1)?.line, 'the consumer has gone');
});

test('an idle environment ends', { timeout: 10_000 }, async (t) => {
  const { invoke } = host(t, { idleMs: 20 });
  const { pid } = answer(await invoke({ action: 'identify' }));

  while (alive(pid)) await wait(10);

  assert.equal(answer(await invoke({ action: 'identify' }))['count'], 1);
});

test('after close nothing runs, whatever it was doing', async (t) => {
  const { invoke, close } = host(t);
  const { pid } = answer(await invoke({ action: 'identify' }));
  const running = invoke({ action: 'spin' });

  await close();

  assert.equal(alive(pid), false);
  assert.equal((await running).outcome, 'crash');
});

test('an environment does not outlive a killed parent', { timeout: 10_000 }, async () => {
  const parent = spawnParent();
  const [line] = await once(parent.stdout ?? parent, 'data');
  const pid = Number(String(line));
  assert.equal(alive(pid), true);

  parent.kill('SIGKILL');

  while (alive(pid)) await wait(10);
});

function spawnParent(): ChildProcess {
  const program = `
    import { createFunctionHost } from ${JSON.stringify(new URL('../../local/lambda/function-host.ts', import.meta.url))};
    import { functionModel } from ${JSON.stringify(new URL('../support/function-model.ts', import.meta.url))};
    const host = createFunctionHost({
      function: functionModel('plain'), region: 'us-east-1', endpointUrl: 'http://127.0.0.1:1', observer: {},
      credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' },
    });
    const result = await host.invoke({ action: 'identify' });
    process.stdout.write(String(JSON.parse(result.payload).pid));`;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}
