import '../../support/silent-logs.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import { streamingHandler, type StreamingRoute } from '../../../lambdas/runtime/http/streaming-handler.ts';
import { gatewayEvent, PRINCIPAL } from '../../support/gateway-event.ts';
import { streamed } from '../../support/streamed.ts';

const CANARY = 'canary-77c2';
const JSON_TYPE = { 'content-type': 'application/json' };

type EventParts = Parameters<typeof gatewayEvent>[0];

function ask(
  route: StreamingRoute,
  parts: EventParts = {},
  {
    corsOrigin = 'https://console.example',
    ...options
  }: { corsOrigin?: string; remainingMs?: number; takes?: boolean } = {},
) {
  const handler = streamingHandler(
    { 'POST /mcp': route },
    { hubId: 'hub-1', corsOrigin, scopePrefix: 'hub/', awsRegion: 'eu-west-1' },
  );
  const event = gatewayEvent({
    method: 'POST',
    resource: '/mcp',
    body: '{}',
    ...parts,
    headers: { ...JSON_TYPE, ...parts.headers },
  });
  return streamed(handler, event, options);
}

async function answer(route: StreamingRoute, parts?: EventParts, options?: Parameters<typeof ask>[2]) {
  const asked = ask(route, parts, options);
  await asked.ended;
  const { statusCode, headers, body } = asked.seen();
  return { status: statusCode, headers, body, finished: asked.isFinished() };
}

const ok: StreamingRoute = async () => Response.json({ ok: true });
const bytes = (text: string) => new TextEncoder().encode(text);

/** A body that the test writes. */
function writable() {
  const { readable, writable: end } = new TransformStream<Uint8Array, Uint8Array>();
  return { readable, writer: end.getWriter() };
}

describe('a streamed response', () => {
  it('has the status, the headers and the body that the route gave', async () => {
    const response = await answer(async () => new Response('data', { status: 201, headers: { 'x-own': '1' } }));

    assert.deepEqual([response.status, response.headers['x-own'], response.body], [201, '1', 'data']);
    assert.ok(response.finished);
  });

  it('arrives part by part', async () => {
    const { readable, writer } = writable();
    const asked = ask(async () => new Response(readable));

    await writer.write(bytes('one'));
    await asked.sees('one');
    assert.equal(asked.seen().body, 'one');
    await writer.write(bytes('two'));
    await asked.sees('two');
    await writer.close();
    await asked.ended;

    assert.ok(asked.isFinished());
  });

  for (const status of [202, 204]) {
    it(`arrives without a body, too: ${status}`, async () => {
      const response = await answer(async () => new Response(null, { status }));

      assert.deepEqual([response.status, response.body, response.finished], [status, '', true]);
    });
  }

  it('carries no header of one connection', async () => {
    const headers = {
      connection: 'keep-alive',
      'keep-alive': 'timeout=5',
      'transfer-encoding': 'chunked',
      'content-length': '2',
    };

    const response = await answer(async () => new Response('ok', { headers: { ...headers, 'x-own': '1' } }));

    for (const name of Object.keys(headers)) assert.ok(!(name in response.headers), name);
    assert.equal(response.headers['x-own'], '1');
  });

  it('is readable by pages of the configured origin', async () => {
    assert.equal((await answer(ok)).headers['access-control-allow-origin'], 'https://console.example');
  });

  it('is produced no faster than it is taken', async () => {
    let produced = 0;
    const source = new ReadableStream<Uint8Array>({
      pull(controller) {
        produced += 1;
        controller.enqueue(new Uint8Array(16 * 1024));
      },
    });
    const asked = ask(async () => new Response(source), {}, { takes: false });

    await new Promise((resolve) => setTimeout(resolve, 50));
    const whenFull = produced;
    await new Promise((resolve) => setTimeout(resolve, 50));

    assert.equal(produced, whenFull);
    assert.ok(produced < 16, `${produced} parts for a client that takes none`);
    asked.leave();
    await asked.ended;
  });
});

describe('when the client goes away', () => {
  it('the route learns of it before it has answered', async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const asked = ask(async ({ deadline, web }) => {
      started.resolve(deadline.signal);
      await once(web.signal, 'abort');
      return new Response('for nobody');
    });

    const signal = await started.promise;
    asked.leave();
    await asked.ended;

    assert.match(String(signal.reason), /client has gone/);
    assert.equal(asked.seen().statusCode, undefined);
  });

  it('the body is cancelled, and nothing has failed', async () => {
    const cancelled = Promise.withResolvers<unknown>();
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes('first')),
      cancel: (reason) => cancelled.resolve(reason),
    });
    const asked = ask(async () => new Response(source));

    await asked.sees('first');
    asked.leave();
    await asked.ended;

    assert.match(String(await cancelled.promise), /client has gone/);
  });

  it('after the end, no signal says so', async () => {
    let signal: AbortSignal | undefined;
    const { finished } = await answer(async ({ deadline }) => {
      signal = deadline.signal;
      return new Response('all');
    });
    await new Promise(setImmediate);

    assert.deepEqual([finished, signal?.aborted], [true, false]);
  });
});

describe('a response that goes wrong after its start', () => {
  it('is cut shortly before the function has to end, and not ended in order', async () => {
    const cancelled = Promise.withResolvers<void>();
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes('first')),
      cancel: () => cancelled.resolve(),
    });
    const asked = ask(async () => new Response(source), {}, { remainingMs: 600 });

    await assert.rejects(asked.ended, /cut/);
    await cancelled.promise;

    assert.deepEqual([asked.seen().body, asked.isFinished()], ['first', false]);
  });

  it('is broken off without a word of why', async () => {
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes('first')),
      pull: () => Promise.reject(new Error(CANARY)),
    });
    const asked = ask(async () => new Response(source));

    await assert.rejects(asked.ended, (error: Error) => {
      assert.match(error.message, /broken/);
      assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes(CANARY));
      return true;
    });
    assert.equal(asked.isFinished(), false);
  });
});

describe('a request to a streaming route', () => {
  it('arrives as the web request that it is', async () => {
    const { body } = await answer(
      async ({ web, json }) =>
        Response.json({
          url: web.url,
          method: web.method,
          accept: web.headers.get('accept'),
          text: await web.text(),
          json,
        }),
      {
        path: '/prod/mcp',
        domainName: 'abc.execute-api.eu-west-1.amazonaws.com',
        headers: { Accept: ['application/json', 'text/event-stream'] },
        query: { tools: ['search'], x: ['1', 'a b'] },
        body: '{"a":1}',
      },
    );

    assert.deepEqual(JSON.parse(body), {
      url: 'https://abc.execute-api.eu-west-1.amazonaws.com/prod/mcp?tools=search&x=1&x=a+b',
      method: 'POST',
      accept: 'application/json, text/event-stream',
      text: '{"a":1}',
      json: { a: 1 },
    });
  });

  it('arrives without the headers that the web has no characters for', async () => {
    const response = await answer(
      async ({ web }) => Response.json([web.headers.get('x-city'), web.headers.get('x-town')]),
      { headers: { 'X-City': 'Łódź', 'X-Town': 'Zürich' } },
    );

    assert.deepEqual([response.status, JSON.parse(response.body)], [200, [null, 'Zürich']]);
  });

  const refused: readonly (readonly [string, EventParts, number, string])[] = [
    ['without a principal', { authorizer: {} }, 401, 'unauthenticated'],
    ['without the scope', { authorizer: { ...PRINCIPAL, scopes: 'tools:call' } }, 403, 'insufficient_scope'],
    ['that this hub caused', { headers: { 'nexus-via': 'hub-1' } }, 508, 'loop_detected'],
    ['that is no JSON', { body: '{' }, 400, 'invalid_request'],
    ['of another media type', { headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type'],
    ['of more than 1 MB', { body: JSON.stringify('x'.repeat(1024 * 1024)) }, 413, 'payload_too_large'],
    ['that is nested too deep', { body: '['.repeat(200) + ']'.repeat(200) }, 400, 'invalid_request'],
    ['of a foreign page', { headers: { origin: 'https://evil.example' } }, 403, 'origin_refused'],
  ];
  for (const [what, parts, status, code] of refused) {
    it(`${what} is answered as a problem and does not reach the route`, async () => {
      const response = await answer(() => assert.fail('reached'), parts);

      assert.equal(response.status, status);
      assert.equal(response.headers['content-type'], 'application/problem+json');
      assert.equal((JSON.parse(response.body) as { code: string }).code, code);
      assert.ok(response.finished);
    });
  }

  it('is answered as a problem when the route throws', async () => {
    const response = await answer(() => Promise.reject(new HubError('server_not_found', 'there is none')));

    assert.deepEqual([response.status, response.finished], [404, true]);
  });

  it('says nothing of why a route broke', async () => {
    const response = await answer(() => Promise.reject(new TypeError(CANARY)));

    assert.equal(response.status, 500);
    assert.ok(!response.body.includes(CANARY));
  });
});

describe('the origin of a page', () => {
  const allowed = async (origin: string | string[], corsOrigin: string, domainName = 'hub.example') =>
    (await answer(ok, { headers: { origin }, domainName, path: '/prod/mcp' }, { corsOrigin })).status === 200;

  it("is let in when it is the hub's own", async () => {
    assert.ok(await allowed('https://hub.example', ''));
    assert.ok(await allowed('http://127.0.0.1:8787', '', '127.0.0.1:8787'));
  });

  it('is let in when it is the configured one', async () => {
    assert.ok(await allowed('https://console.example', 'https://console.example'));
  });

  it('is let in from this machine where every page may read', async () => {
    for (const origin of ['http://localhost:5173', 'http://127.0.0.1', 'https://[::1]:3000']) {
      assert.ok(await allowed(origin, '*', '127.0.0.1:8787'), origin);
    }
  });

  it('is refused otherwise', async () => {
    const foreign = [
      'null',
      '',
      'https://evil.example',
      'http://hub.example',
      'https://hub.example.evil',
      'http://localhost:5173',
    ];
    for (const origin of foreign) assert.ok(!(await allowed(origin, 'https://console.example')), origin);
  });

  it('is refused where every page may read, unless it is of this machine', async () => {
    for (const origin of [
      'https://evil.example',
      'http://localhost.evil.example',
      'null',
      'http://evil.example:8787',
    ]) {
      assert.ok(!(await allowed(origin, '*', 'evil.example:8787')), origin);
    }
  });

  it('is refused when one of several is foreign', async () => {
    assert.ok(!(await allowed(['https://evil.example', 'https://hub.example'], '')));
  });
});
