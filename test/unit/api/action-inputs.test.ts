import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as z from 'zod/mini';
import { ACTION_INPUTS } from '../../../lambdas/actions/action-inputs.ts';

type Name = keyof typeof ACTION_INPUTS;
const parsed = (name: Name, input: unknown) => z.safeParse<z.core.$ZodType>(ACTION_INPUTS[name], input);

describe('the input of an action', () => {
  const spellings: [Name, Record<string, unknown>, Record<string, unknown>][] = [
    ['invoke', { tool_name: 's_echo' }, { name: 's_echo' }],
    ['get_resource', { resource_uri: 's+sample://x' }, { uri: 's+sample://x' }],
    ['get_prompt', { prompt_name: 's_greet' }, { name: 's_greet' }],
    [
      'add_server',
      { server_slug: 's', url: 'https://a.dev/', rate_limit_per_minute: 5, trust_definitions: true },
      { slug: 's', url: 'https://a.dev/', rateLimitPerMinute: 5, trustDefinitions: true },
    ],
    ['update_server', { server_slug: 's', rate_limit_per_minute: 5 }, { slug: 's', rateLimitPerMinute: 5 }],
    ['delete_server', { server_slug: 's' }, { slug: 's' }],
  ];
  for (const [name, snake, own] of spellings) {
    it(`of ${name} means the same in snake case`, () => {
      assert.ok(parsed(name, snake).success);
      assert.deepEqual(parsed(name, snake), parsed(name, own));
    });
  }

  it('is refused in two spellings at once', () => {
    assert.equal(parsed('invoke', { tool_name: 'a_b', name: 'c_d' }).success, false);
  });

  it('keeps the arguments of a tool as they were parsed', () => {
    const args: unknown = JSON.parse('{"__proto__":{"a":1},"nested":{"tool_name":"x"}}');

    const { data } = z.safeParse(ACTION_INPUTS.invoke, { tool_name: 's_echo', arguments: args });

    assert.equal(data?.arguments, args);
  });

  it('of a change is a change', () => {
    assert.equal(parsed('update_server', { slug: 's', version: 3, force: true }).success, false);
    assert.equal(parsed('update_server', { slug: 's', enabled: false }).success, true);
  });

  const refused: [Name, unknown][] = [
    ['health', { verbose: true }],
    ['list_tools', { tenant: 'other' }],
    ['list_servers', { tenantId: 'other' }],
    ['invoke', { arguments: {} }],
    ['invoke', { name: 's_echo', arguments: [] }],
    ['invoke', { name: 's_echo', mode: 'later' }],
    ['get_resource', {}],
    ['get_prompt', { name: 's_greet', arguments: { n: 1 } }],
    ['add_server', { slug: 's' }],
    ['add_server', { slug: 's', url: 'https://a.dev/', force: 'true' }],
    ['update_server', { enabled: false }],
    ['update_server', { slug: 's', enabled: false, version: '3' }],
    ['delete_server', {}],
    ['delete_server', { slug: 's', force: true }],
    ['invoke', null],
    ['invoke', ['s_echo']],
  ];
  for (const [name, input] of refused) {
    it(`of ${name} is not ${JSON.stringify(input)}`, () => {
      assert.equal(parsed(name, input).success, false);
    });
  }
});
