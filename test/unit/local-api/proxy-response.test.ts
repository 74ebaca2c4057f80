import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '../../../local/api/gateway-error.ts';
import { readPrelude, readProxyResponse } from '../../../local/api/proxy-response.ts';
import { createPreludeReader } from '../../../local/api/stream-prelude.ts';

const read = (output: unknown, accept?: string) =>
  readProxyResponse(JSON.stringify(output), { accept, binaryMediaTypes: ['image/png'] });

test('status, headers of both forms and body are taken over', () => {
  const answer = read({
    statusCode: '201',
    headers: { 'content-type': 'text/plain', 'X-Count': 3, 'Set-Cookie': 'lost' },
    multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] },
    body: 'hello',
  });

  assert.deepEqual(answer, {
    statusCode: 201,
    headers: [
      ['content-type', 'text/plain'],
      ['X-Count', '3'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ],
    body: 'hello',
  });
});

test('without a content type it is JSON, without a body it is empty', () => {
  assert.deepEqual(read({ statusCode: 204 }), {
    statusCode: 204,
    headers: [['Content-Type', 'application/json']],
    body: '',
  });
});

const fates: readonly [sent: string, received: string | undefined][] = [
  ['WWW-Authenticate', 'x-amzn-remapped-www-authenticate'],
  ['Authorization', 'x-amzn-remapped-authorization'],
  ['Connection', 'x-amzn-remapped-connection'],
  ['Content-Length', 'x-amzn-remapped-content-length'],
  ['Content-MD5', 'x-amzn-remapped-content-md5'],
  ['Date', 'x-amzn-remapped-date'],
  ['Host', 'x-amzn-remapped-host'],
  ['Max-Forwards', 'x-amzn-remapped-max-forwards'],
  ['Server', 'x-amzn-remapped-server'],
  ['User-Agent', 'x-amzn-remapped-user-agent'],
  ['Transfer-Encoding', undefined],
  ['Upgrade', undefined],
  ['Cache-Control', 'Cache-Control'],
  ['ETag', 'ETag'],
  ['Retry-After', 'Retry-After'],
];

for (const [sent, received] of fates) {
  test(`the integration's ${sent} ${received === undefined ? 'is dropped' : `arrives as ${received}`}`, () => {
    const { headers } = read({ statusCode: 200, headers: { [sent]: 'v', 'content-type': 'x/y' } });

    const rest = headers.filter(([name]) => name !== 'content-type');
    assert.deepEqual(rest, received === undefined ? [] : [[received, 'v']]);
  });
}

test('base64 is decoded only for a client that accepts a binary type', () => {
  const output = { statusCode: 200, body: '/wA=', isBase64Encoded: true };

  assert.deepEqual(read(output, 'image/png,*/*').body, Buffer.from([0xff, 0x00]));
  assert.equal(read(output, 'application/json').body, '/wA=');
});

const malformed: readonly [what: string, output: unknown][] = [
  ['null', null],
  ['a text', 'hello'],
  ['no status', { body: 'x' }],
  ['a status that is no number', { statusCode: 'ok' }],
  ['a body that is an object', { statusCode: 200, body: { a: 1 } }],
  ['a header that is an object', { statusCode: 200, headers: { a: {} } }],
  ['a multi-value header that is no list', { statusCode: 200, multiValueHeaders: { a: 'b' } }],
  ['an unknown key', { statusCode: 200, cookies: [] }],
];

for (const [what, output] of malformed) {
  test(`${what} from a function is a 502 that tells nothing`, () => {
    assert.throws(
      () => read(output),
      (error) => error instanceof GatewayError && error.statusCode === 502 && error.message === 'Internal server error',
    );
  });
}

test('a prelude may carry cookies', () => {
  assert.deepEqual(readPrelude('{"statusCode":200,"headers":{"content-type":"a/b"},"cookies":["a=1","b=2"]}'), {
    statusCode: 200,
    headers: [
      ['content-type', 'a/b'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ],
  });
});

test('a prelude ends with eight zero bytes, wherever the chunks are cut', () => {
  const reader = createPreludeReader();

  assert.deepEqual(reader.push(Buffer.from('{"statusCo')), { state: 'incomplete' });
  assert.deepEqual(reader.push(Buffer.from('de":200}\0\0\0')), { state: 'incomplete' });
  assert.deepEqual(reader.push(Buffer.from('\0\0\0\0\0first')), {
    state: 'complete',
    prelude: '{"statusCode":200}',
    rest: Buffer.from('first'),
  });
});

test('a prelude that does not end within 16 KB is malformed', () => {
  assert.deepEqual(createPreludeReader().push(Buffer.alloc(16 * 1024 + 1, 'x')), { state: 'malformed' });
});
