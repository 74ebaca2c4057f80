import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../lambdas/hub/json.ts';
import { headerMismatch } from '../../../lambdas/mcp/mirrored-arguments.ts';

const property = (type: string, header = 'Param'): JsonObject => ({ type, 'x-mcp-header': header });
const schemaOf = (type: string): JsonObject => ({ type: 'object', properties: { value: property(type) } });

/** The status of the answer that refuses a call; undefined when headers and arguments agree. */
function statusOf(schema: unknown, args: JsonObject, headers: Readonly<Record<string, string>>): number | undefined {
  return headerMismatch(schema, { id: 1, arguments: args, headers: new Headers(headers) })?.status;
}

const agrees = (schema: unknown, args: JsonObject, headers: Readonly<Record<string, string>>): boolean =>
  statusOf(schema, args, headers) === undefined;

/** As a client writes a value into a header: an encoder that knows nothing of the hub's decoder. */
function written(text: string): string {
  const isPlain = [...text].every((char) => char === '\t' || (char >= ' ' && char <= '~'));
  const isBare = isPlain && text === text.trim() && !(text.startsWith('=?base64?') && text.endsWith('?='));
  return isBare ? text : encoded(text);
}

function encoded(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return `=?base64?${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}?=`;
}

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    ' padded ',
    'line1\nline2',
    '=?base64?literal?=',
    '=?base64??=',
    '\t',
    'true',
    '1',
    'null',
    '\uFEFFbom',
  ),
);

describe('arguments that are mirrored into headers', () => {
  it('agree with what any client writes of any text, plain or encoded', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        assert.ok(agrees(schemaOf('string'), { value }, { 'mcp-param-param': written(value) }));
        assert.ok(agrees(schemaOf('string'), { value }, { 'mcp-param-param': encoded(value) }));
      }),
    );
  });

  it('do not agree with what is written of another text', () => {
    fc.assert(
      fc.property(anyText, anyText, (value, other) => {
        fc.pre(value !== other);
        assert.equal(statusOf(schemaOf('string'), { value }, { 'mcp-param-param': written(other) }), 400);
      }),
    );
  });

  it('agree with a safe integer by its value, and with no other one', () => {
    const safe = fc.maxSafeInteger();
    fc.assert(
      fc.property(safe, safe, (value, other) => {
        assert.ok(agrees(schemaOf('integer'), { value }, { 'mcp-param-param': String(value) }));
        assert.ok(agrees(schemaOf('integer'), { value }, { 'mcp-param-param': `${value}.0` }));
        fc.pre(value !== other);
        assert.equal(statusOf(schemaOf('integer'), { value }, { 'mcp-param-param': String(other) }), 400);
      }),
    );
  });

  it('take nothing for a number that is none', () => {
    for (const text of ['', ' ', '\n', '0x0', '0b0', '0o0', 'false', 'null', '-', 'NaN', '٠']) {
      assert.equal(statusOf(schemaOf('integer'), { value: 0 }, { 'mcp-param-param': written(text) }), 400, text);
      assert.equal(statusOf(schemaOf('integer'), { value: 0 }, { 'mcp-param-param': encoded(text) }), 400, text);
    }
  });

  it('agree with a boolean in lower case alone', () => {
    assert.ok(agrees(schemaOf('boolean'), { value: true }, { 'mcp-param-param': 'true' }));
    assert.ok(agrees(schemaOf('boolean'), { value: false }, { 'mcp-param-param': 'false' }));
    for (const text of ['True', '1', 'false', '']) {
      assert.equal(statusOf(schemaOf('boolean'), { value: true }, { 'mcp-param-param': text }), 400, text);
    }
  });

  it('leave it to the server to refuse a value of another type than its schema has', () => {
    assert.ok(agrees(schemaOf('integer'), { value: '5' }, { 'mcp-param-param': '5' }));
    assert.ok(agrees(schemaOf('string'), { value: 5 }, { 'mcp-param-param': '5' }));
    assert.equal(statusOf(schemaOf('integer'), { value: '5' }, { 'mcp-param-param': '6' }), 400);
  });

  it('have no header where they are null or absent', () => {
    for (const args of [{}, { value: null }, { other: 1 }] as JsonObject[]) {
      assert.ok(agrees(schemaOf('string'), args, {}));
      assert.equal(statusOf(schemaOf('string'), args, { 'mcp-param-param': 'x' }), 400);
      assert.equal(statusOf(schemaOf('string'), args, { 'mcp-param-param': '' }), 400);
      assert.equal(statusOf(schemaOf('string'), args, { 'mcp-param-param': 'null' }), 400);
    }
  });

  it('have one wherever they have a value, even an empty or a false one', () => {
    for (const value of ['', 0, false, [], {}] as Json[]) {
      assert.equal(statusOf(schemaOf('string'), { value }, {}), 400);
    }
  });

  it('are found at their exact path, however deep', () => {
    const names = fc.array(
      fc.oneof(
        fc.constantFrom('__proto__', 'constructor', 'toString', 'properties', 'x-mcp-header'),
        fc.string({ minLength: 1 }),
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(names, fc.string(), (path, value) => {
        const schema = path.reduceRight<JsonObject>(
          (inner, name) => ({ type: 'object', properties: { [name]: inner } }),
          property('string'),
        );
        const args = path.reduceRight<Json>((inner, name) => ({ [name]: inner }), value) as JsonObject;

        assert.ok(agrees(schema, args, { 'mcp-param-param': written(value) }));
        assert.equal(statusOf(schema, args, {}), 400);
        assert.ok(agrees(schema, {}, {}));
        assert.equal(statusOf(schema, {}, { 'mcp-param-param': written(value) }), 400);
      }),
    );
  });

  it('are not what every object inherits', () => {
    const schema = {
      type: 'object',
      properties: { toString: property('string'), constructor: { properties: { name: property('string', 'Name') } } },
    };

    assert.ok(agrees(schema, {}, {}));
  });

  it('are only those that a client can mirror, reached through properties', () => {
    const hidden = property('string');
    for (const schema of [
      { items: hidden },
      { properties: { list: { type: 'array', items: { properties: { value: hidden } } } } },
      { anyOf: [{ properties: { value: hidden } }] },
      { $defs: { properties: { value: hidden } } },
      { properties: { value: { 'x-mcp-header': 7 } } },
      { properties: { value: property('string', 'not a token') } },
      { properties: { value: property('string', '') } },
      { properties: { value: property('string', 'Région') } },
      { properties: { value: property('number') } },
      { properties: { value: property('object') } },
      { properties: { value: { 'x-mcp-header': 'Param' } } },
      { properties: [hidden] },
      { properties: { value: 'text' } },
      'text',
      undefined,
    ]) {
      assert.ok(agrees(schema, { value: 'x', list: [{ value: 'x' }] }, {}));
    }
  });

  it('are checked each by its own, and one disagreement is enough', () => {
    const schema = { properties: { a: property('string', 'A'), b: property('string', 'B') } };

    assert.ok(agrees(schema, { a: '1', b: '2' }, { 'MCP-PARAM-A': '1', 'Mcp-Param-B': '2' }));
    assert.equal(statusOf(schema, { a: '1', b: '2' }, { 'mcp-param-a': '2', 'mcp-param-b': '1' }), 400);
    assert.equal(statusOf(schema, { a: '1', b: '2' }, { 'mcp-param-a': '1' }), 400);
  });

  it('do not agree with a header that was sent twice', () => {
    const headers = new Headers([
      ['mcp-param-param', 'eu'],
      ['mcp-param-param', 'us'],
    ]);
    for (const value of ['eu', 'us']) {
      const refused = headerMismatch(schemaOf('string'), { id: 1, arguments: { value }, headers });

      assert.equal(refused?.status, 400);
    }
  });

  it('do not agree with an encoding that is not exactly the one of the protocol', () => {
    const sloppy = [
      '=?base64?ZXU?=',
      '=?BASE64?ZXU=?=',
      '=?base64?ZXU=',
      '=?base64?ZX U=?=',
      '=?base64?ZXV=?=',
      '=?base64?_-8=?=',
    ];
    for (const text of sloppy) {
      assert.equal(statusOf(schemaOf('string'), { value: 'eu' }, { 'mcp-param-param': text }), 400, text);
    }
  });

  it('do not agree with bytes that are no text, nor with characters that a header cannot have', () => {
    assert.equal(statusOf(schemaOf('string'), { value: '\uFFFD' }, { 'mcp-param-param': '=?base64?/w==?=' }), 400);
    assert.equal(statusOf(schemaOf('string'), { value: 'é' }, { 'mcp-param-param': 'é' }), 400);
    assert.equal(statusOf(schemaOf('string'), { value: 'x' }, { 'mcp-param-param': '\u00A0x' }), 400);
  });

  it('are let through where there is nothing to mirror, whatever headers there are', () => {
    assert.ok(
      agrees({ type: 'object', properties: { value: { type: 'string' } } }, { value: 'x' }, { 'mcp-param-other': 'y' }),
    );
  });

  it('are refused with the id of the request and the code for it', async () => {
    const refuse = (id: unknown) =>
      headerMismatch(schemaOf('string'), { id, arguments: { value: 'x' }, headers: new Headers() });

    const answer = (await refuse('abc')?.json()) as { id: unknown; error: { code: number } };

    assert.equal(answer.id, 'abc');
    assert.equal(answer.error.code, -32_020);
    assert.equal(((await refuse(undefined)?.json()) as { id: unknown }).id, null);
  });

  it('do not show their value in the refusal', async () => {
    const refused = headerMismatch(schemaOf('string'), {
      id: 1,
      arguments: { value: 's3cret' },
      headers: new Headers({ 'mcp-param-param': 'other' }),
    });

    assert.doesNotMatch((await refused?.text()) ?? '', /s3cret|other/);
  });
});
