import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { choice, flag, integer, list, text } from '../../../lambdas/hub/system/github/arguments.ts';
import { inputSchema, optional, parseInput, withDefault } from '../../../lambdas/hub/system/github/input.ts';
import { ToolInputError } from '../../../lambdas/hub/system/rest-tool.ts';

const fields = {
  name: text('Its name', { max: 5, pattern: [/^[a-z]+$/, 'small letters'] }),
  count: withDefault(integer('How many', 100), 30),
  kind: optional(choice('Of which kind', ['one', 'other'])),
  marked: optional(flag('Whether it is marked')),
  labels: optional(list('Its labels', text('A label', { max: 3 }), 2)),
};

describe('the arguments of a tool', () => {
  it('are told to models', () => {
    assert.deepEqual(inputSchema(fields), {
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 5, pattern: '^[a-z]+$', description: 'Its name' },
        count: { type: 'integer', minimum: 1, maximum: 100, default: 30, description: 'How many' },
        kind: { type: 'string', enum: ['one', 'other'], description: 'Of which kind' },
        marked: { type: 'boolean', description: 'Whether it is marked' },
        labels: {
          type: 'array',
          items: { type: 'string', minLength: 1, maxLength: 3, description: 'A label' },
          minItems: 0,
          maxItems: 2,
          description: 'Its labels',
        },
      },
      required: ['name'],
      additionalProperties: false,
    });
  });

  it('that are left out have their default, or stay away', () => {
    assert.deepEqual(parseInput(fields, { name: 'abc' }), { name: 'abc', count: 30 });
    assert.deepEqual(parseInput(fields, { name: 'abc', count: 7 }), { name: 'abc', count: 7 });
  });

  const faults = [
    [{}, /"name" is required and has to be small letters of 1 to 5 characters/],
    [{ name: 'ABC' }, /"name" has to be small letters/],
    [{ name: 'abcdef' }, /"name"/],
    [{ name: 7 }, /"name"/],
    [{ name: 'abc', count: 101 }, /"count" has to be a whole number from 1 to 100/],
    [{ name: 'abc', count: 1.5 }, /"count"/],
    [{ name: 'abc', kind: 'third' }, /"kind" has to be one of one, other/],
    [{ name: 'abc', labels: ['a', 'b', 'c'] }, /"labels"/],
    [{ name: 'abc', labels: [null] }, /"labels"/],
    [{ name: 'abc', nome: 'x' }, /no parameter "nome"; there are name, count/],
  ] as const;
  for (const [args, complaint] of faults) {
    it(`${JSON.stringify(args)} are refused with what is wrong`, () => {
      assert.throws(
        () => parseInput(fields, args),
        (error) => error instanceof ToolInputError && complaint.test(error.message),
      );
    });
  }
});
