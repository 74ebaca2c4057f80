import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonRpcErrorIn } from '../../../lambdas/adapters/upstreams/mcp/json-rpc-error.ts';
import { presentableText } from '../../../lambdas/adapters/upstreams/presentable-text.ts';

describe('the text of an upstream', () => {
  it('loses its control, format and separator characters', () => {
    assert.equal(presentableText('a\u001b[31mb\u202ec\u200bd\r\ne\u2028f', []), 'a [31mb c d e f');
  });

  it('is cut at 500 characters', () => {
    assert.equal(presentableText('x'.repeat(501), []), 'x'.repeat(500));
  });

  it('does not repeat a secret, not even a part of it at the end', () => {
    const text = `${'x'.repeat(495)}s3cret-token`;

    assert.equal(presentableText(text, ['s3cret-token']), `${'x'.repeat(495)}[reda`);
  });

  for (const secrets of [
    ['key', 'key-and-more'],
    ['key-and-more', 'key'],
  ]) {
    it(`does not repeat the rest of a secret that contains another (${secrets})`, () => {
      assert.equal(presentableText('you sent key-and-more', secrets), 'you sent [redacted]');
    });
  }
});

describe('a json-rpc error in a body', () => {
  it('is found', () => {
    const body = '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"gone","data":{}}}';

    assert.deepEqual(jsonRpcErrorIn(body), { id: null, code: -32001, message: 'gone', data: {} });
  });

  it('says which request it answers', () => {
    assert.equal(jsonRpcErrorIn('{"id":7,"error":{"code":-32001,"message":"gone"}}')?.id, 7);
    assert.equal(jsonRpcErrorIn('{"error":{"code":-32001,"message":"gone"}}')?.id, null);
  });

  for (const body of ['', '<html>', '{}', '{"error":"no"}', '{"error":{"code":"1","message":"x"}}', undefined, null]) {
    it(`is not found in ${JSON.stringify(body)}`, () => assert.equal(jsonRpcErrorIn(body), undefined));
  }
});
