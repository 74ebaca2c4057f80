import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { listen } from '../../local/api/http-listener.ts';
import { createRestApi } from '../../local/api/rest-api.ts';
import { createFunctionHost } from '../../local/lambda/function-host.ts';
import type { FunctionLogLine } from '../../local/observe.ts';
import type { FunctionModel } from '../../local/template/stack-model.ts';
import { functionModel } from '../support/function-model.ts';

async function start(
  t: TestContext,
  { model = functionModel('streaming'), timeoutMs = 900_000 }: { model?: FunctionModel; timeoutMs?: number } = {},
) {
  const logLines: FunctionLogLine[] = [];
  const host = createFunctionHost({
    function: model,
    region: 'us-east-1',
    endpointUrl: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'session' },
    observer: { logLine: (line) => logLines.push(line) },
  });
  t.after(() => host.close());
  const integration = { type: 'lambda', functionArn: model.arn, responseTransferMode: 'STREAM', timeoutMs } as const;
  const listener = await listen(0);
  t.after(() => listener.close());
  const api = createRestApi({
    stack: {
      accountId: '000000000000',
      region: 'us-east-1',
      api: {
        apiId: 'abc123',
        stageName: 'local',
        routes: [{ httpMethod: 'GET', path: '/stream', authorizer: undefined, integration }],
        gatewayResponses: [],
        binaryMediaTypes: [],
        throttle: undefined,
      },
    },
    functions: new Map([[model.arn, { model, host }]]),
  });
  listener.serve(api);
  const call = (action: string, init?: RequestInit) => fetch(`${listener.url}/stream?action=${action}`, init);
  return { call, logLines };
}

test('status, headers and body are those that the function streams', async (t) => {
  const { call } = await start(t);

  const response = await call('twoParts');

  assert.equal(response.status, 201);
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  assert.match(response.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(await response.text(), 'data: 1\n\ndata: 2\n\n');
});

test('a part arrives while the function still runs', async (t) => {
  const { call } = await start(t);

  // This function goes on until its client leaves.
  const response = await call('untilGone');
  const first = await response.body?.getReader().read();

  assert.equal(new TextDecoder().decode(first?.value), 'open\n');
});

test('a response without a body has the status of its prelude', async (t) => {
  const { call } = await start(t);

  const response = await call('emptyBody');

  assert.equal(response.status, 202);
  assert.equal(await response.text(), '');
});

test('a large response arrives whole', async (t) => {
  const { call } = await start(t);

  const response = await call('muchData');

  assert.equal((await response.arrayBuffer()).byteLength, 64 * 16 * 1024);
});

for (const action of ['neverWritten', 'noPrelude', 'unknownAction']) {
  test(`without a prelude the answer is a 502: ${action}`, async (t) => {
    const { call } = await start(t);

    const response = await call(action);

    assert.equal(response.status, 502);
    assert.deepEqual(await response.json(), { message: 'Internal server error' });
  });
}

test('a function that answers at once instead of streaming is a 502', async (t) => {
  const { call } = await start(t, { model: functionModel('plain') });

  assert.equal((await call('echo')).status, 502);
});

test('an error halfway breaks the connection, for the status has been sent', async (t) => {
  const { call } = await start(t);

  const response = await call('breakHalfway');

  assert.equal(response.status, 201);
  await assert.rejects(response.text());
});

test('a function learns that the client has gone', { timeout: 10_000 }, async (t) => {
  const { call, logLines } = await start(t);
  const client = new AbortController();

  const response = await call('untilGone', { signal: client.signal });
  assert.equal(response.status, 201);
  client.abort();

  while (logLines.at(-1)?.line !== 'the consumer has gone') await wait(10);
});

test('a stream that exceeds the time limit of the integration breaks off', async (t) => {
  const { call } = await start(t, { timeoutMs: 1_000 });

  const response = await call('untilGone');

  assert.equal(response.status, 201);
  await assert.rejects(response.text());
});
