import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import type { EgressScope } from '../../../lambdas/adapters/egress/guarded-fetch.ts';
import { egressError, egressFor, scopeOf } from '../../support/egress.ts';
import { hungUp, serveHttp } from '../../support/loopback-server.ts';

/** The response of a server that does `respond`, and the server's end of the connection. */
async function ask(t: TestContext, respond: (response: ServerResponse) => void, scope: Partial<EgressScope> = {}) {
  const server = await serveHttp(t, (_request, response) => respond(response));
  const guarded = egressFor(t).fetchFor(scopeOf(scope));
  const response = guarded(`http://localhost:${server.port}/`);
  return { response, hungUp: () => hungUp(server.connections[0]) };
}

describe('a coded body is decoded', () => {
  const text = 'tools '.repeat(1000);
  const codings = [
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ] as const;
  for (const [coding, bytes] of codings) {
    test(coding, async (t) => {
      const { response } = await ask(t, (to) => to.setHeader('content-encoding', coding).end(bytes));

      const { headers, ...body } = { headers: (await response).headers, text: await (await response).text() };

      assert.equal(body.text, text);
      assert.equal(headers.has('content-encoding'), coding === 'identity');
    });
  }
});

for (const coding of ['zstd', 'gzip, gzip', 'gzip, br', 'constructor']) {
  test(`the coding ${JSON.stringify(coding)} is refused`, async (t) => {
    const { response } = await ask(t, (to) => to.setHeader('content-encoding', coding).end('x'));

    await assert.rejects(response, egressError('UNSUPPORTED_ENCODING'));
  });
}

for (const [about, bytes] of [
  ['is not what its coding says', Buffer.from('plain text')],
  ['ends within its coding', gzipSync('a'.repeat(10_000)).subarray(0, 20)],
] as const) {
  test(`a body that ${about} is malformed`, async (t) => {
    const { response } = await ask(t, (to) => to.setHeader('content-encoding', 'gzip').end(bytes));

    await assert.rejects((await response).text(), egressError('RESPONSE_MALFORMED'));
  });
}

describe('the limit of a body', () => {
  test('is exact', async (t) => {
    const { response } = await ask(t, (to) => to.end('a'.repeat(100)), { maxResponseBytes: 100 });

    assert.equal((await (await response).text()).length, 100);
  });

  test('is known before the body when the length is announced', async (t) => {
    const announce = (to: ServerResponse) => void flood(to.setHeader('content-length', '1000000000'));
    const { response, hungUp } = await ask(t, announce, { signal: new AbortController().signal });

    await assert.rejects(response, egressError('RESPONSE_TOO_LARGE'));

    await hungUp();
  });

  test('stops an endless body and hangs up', async (t) => {
    const { response, hungUp } = await ask(t, (to) => void flood(to));
    const body = await response;

    const gone = hungUp();
    await assert.rejects(body.text(), egressError('RESPONSE_TOO_LARGE'));

    await gone;
  });

  test('counts decoded bytes: a bomb is defused long before it is unpacked', async (t) => {
    const bomb = Buffer.concat(Array(20).fill(gzipSync(Buffer.alloc(10_000_000))));
    const before = process.memoryUsage();
    const { response } = await ask(t, (to) => to.setHeader('content-encoding', 'gzip').end(bomb));
    const body = await response;

    let decoded = 0;
    const read = async () => {
      for await (const chunk of body.body ?? []) decoded += chunk.byteLength;
    };
    await assert.rejects(read(), egressError('RESPONSE_TOO_LARGE'));

    assert.ok(bomb.length < 1_000_000 && decoded <= 1_000_000, `${decoded} bytes were decoded`);
    assert.ok(process.memoryUsage().arrayBuffers - before.arrayBuffers < 50_000_000);
  });

  test('counts bytes on the wire as well: a coding that never yields anything ends', async (t) => {
    const emptyMembers = Buffer.concat(Array(800).fill(gzipSync('')));
    const { response } = await ask(t, (to) => void flood(to.setHeader('content-encoding', 'gzip'), emptyMembers));

    await assert.rejects((await response).text(), egressError('RESPONSE_TOO_LARGE'));
  });
});

describe('a body streams', () => {
  test('event by event', async (t) => {
    const events = ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n'];
    let serverSide: ServerResponse | undefined;
    const { response } = await ask(t, (to) => {
      serverSide = to;
      to.write(events[0]);
    });
    const reader = (await response).body?.pipeThrough(new TextDecoderStream()).getReader();

    const received: (string | undefined)[] = [];
    for (const next of [events[1], events[2], undefined]) {
      received.push((await reader?.read())?.value);
      if (next === undefined) serverSide?.end();
      else serverSide?.write(next);
    }

    assert.deepEqual([...received, await reader?.read()], [...events, { done: true, value: undefined }]);
  });

  test('event by event through a coding', async (t) => {
    const { response } = await ask(t, (to) => {
      const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
      gzip.pipe(to.setHeader('content-encoding', 'gzip'));
      gzip.write('data: 1\n\n');
    });

    const reader = (await response).body?.pipeThrough(new TextDecoderStream()).getReader();

    assert.equal((await reader?.read())?.value, 'data: 1\n\n');
  });

  test('no faster than it is read', async (t) => {
    const flooding = Promise.withResolvers<{ readonly written: () => number }>();
    const { response } = await ask(t, (to) => flooding.resolve(flood(to)), { maxResponseBytes: 1_000_000_000 });

    const { written } = await flooding.promise;
    await response;
    const early = await settled(written);
    await new Promise((resolve) => setTimeout(resolve, 50));

    assert.equal(written(), early);
  });
});

describe('the end', () => {
  test('an absolute deadline ends a body that keeps dripping', async (t) => {
    const { response, hungUp } = await ask(t, drip, { signal: AbortSignal.timeout(150) });
    const body = await response;

    const gone = hungUp();
    await assert.rejects(body.text(), egressError('ABORTED'));

    await gone;
  });

  test('an absolute deadline ends the wait for a response', async (t) => {
    const deadline = new AbortController();
    const { response, hungUp } = await ask(t, () => deadline.abort(), { signal: deadline.signal });

    await assert.rejects(response, egressError('ABORTED'));

    await hungUp();
  });

  test("the caller's abort surfaces as the caller's own reason and hangs up", async (t) => {
    const server = await serveHttp(t, (_request, response) => drip(response));
    const controller = new AbortController();
    const reason = new Error('the client went away');
    const response = await egressFor(t).fetchFor(scopeOf())(`http://localhost:${server.port}/`, {
      signal: controller.signal,
    });

    const gone = hungUp(server.connections[0]);
    controller.abort(reason);

    await assert.rejects(response.text(), reason);
    await gone;
  });

  test('giving up a body hangs up', async (t) => {
    const { response, hungUp } = await ask(t, drip, { signal: new AbortController().signal });
    const body = (await response).body;

    const gone = hungUp();
    await body?.cancel();

    await gone;
  });

  test('a server that hangs up within a body is a lost connection', async (t) => {
    const { response } = await ask(t, (to) => {
      to.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => to.destroy(), 10);
    });

    await assert.rejects((await response).text(), egressError('CONNECTION_LOST'));
  });
});

/** Writes as fast as the reader reads, until the connection ends. */
function flood(response: ServerResponse, chunk: Uint8Array = Buffer.alloc(16_384)): { readonly written: () => number } {
  let written = 0;
  const write = () => {
    while (!response.destroyed) {
      written += chunk.length;
      if (!response.write(chunk)) return;
    }
  };
  response.on('drain', write);
  write();
  return { written: () => written };
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('.'), 10);
  response.on('close', () => clearInterval(timer));
}

async function settled(value: () => number): Promise<number> {
  for (;;) {
    const before = value();
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (value() === before) return before;
  }
}
