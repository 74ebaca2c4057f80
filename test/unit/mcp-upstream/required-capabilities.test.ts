import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requiredCapabilitiesIn } from '../../../lambdas/adapters/upstreams/mcp/required-capabilities.ts';

const required = (requiredCapabilities: unknown) => requiredCapabilitiesIn({ requiredCapabilities }, ['s3cret']);

describe('the capabilities that a server misses', () => {
  it('are those that the protocol names, with their parts', () => {
    const all = { elicitation: { form: {}, url: {} }, sampling: { tools: {}, context: {} }, roots: {} };

    assert.deepEqual(required(all), all);
  });

  it('contain nothing else that the server says', () => {
    const told = {
      elicitation: { form: { say: 'this' }, more: {} },
      roots: { listChanged: true },
      tasks: {},
      sampling: 1,
    };

    assert.deepEqual(required(told), { elicitation: { form: {} }, roots: {} });
  });

  it('name extensions, but no secrets, no control characters and no stories', () => {
    const names = ['io.modelcontextprotocol/tasks', 'my-s3cret', 'a\u0007b', 'x'.repeat(501)];
    const extensions = Object.fromEntries(names.map((name) => [name, { a: 1 }]));

    assert.deepEqual(required({ extensions }), { extensions: { 'io.modelcontextprotocol/tasks': {} } });
  });

  it('name at most 20 extensions', () => {
    const extensions = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`e${index}`, {}]));

    assert.equal(Object.keys(Object(required({ extensions })['extensions'])).length, 20);
  });

  for (const data of [undefined, null, 'elicitation', { requiredCapabilities: ['elicitation'] }, { elicitation: {} }]) {
    it(`are none in ${JSON.stringify(data)}`, () => assert.deepEqual(requiredCapabilitiesIn(data, []), {}));
  }
});
