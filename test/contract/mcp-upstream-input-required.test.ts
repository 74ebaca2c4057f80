import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Json, JsonObject } from '../../lambdas/hub/json.ts';
import { replyWith, speakRaw } from '../support/upstreams/raw-mcp.ts';
import { type RecordingServer, startRecordingServer } from '../support/upstreams/recording-server.ts';
import { callOf, contextOf, failure, mcpUpstreamFor, targetOf } from '../support/upstreams/upstream-under-test.ts';

const FORM = elicitation({ requestedSchema: { type: 'object' } });
const EVERYTHING: JsonObject = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} };

describe('what a server asks of a caller', () => {
  let result: Json = {};
  let server: RecordingServer;
  before(async () => {
    server = await startRecordingServer((request, response, body) =>
      speakRaw(request, response, body, { 'tools/call': replyWith(result) }),
    );
  });
  after(() => server.close());

  const askedFor = (t: TestContext, input: JsonObject, capabilities: JsonObject | undefined = EVERYTHING) => {
    result = { resultType: 'input_required', ...input };
    const discover = { supportedVersions: ['2026-07-28'], capabilities: {} };
    const target = targetOf(server.origin, { negotiated: { era: 'modern', transport: 'streamable-http', discover } });
    const context = contextOf({ interaction: { capabilities } });
    return mcpUpstreamFor(t).callTool(target, callOf('act'), context);
  };

  const passed: readonly (readonly [string, JsonObject])[] = [
    ['a form', { inputRequests: { a: FORM } }],
    ['a form that says so', { inputRequests: { a: elicitation({ mode: 'form', unknown: [1] }) } }],
    ['an https address', { inputRequests: { a: sendTo('https://id.example.com:8443/ask?state=1#top') } }],
    ['an address of this machine, where the hub may go there', { inputRequests: { a: sendTo('http://127.0.0.1:9/') } }],
    ['a sampling', { inputRequests: { a: { method: 'sampling/createMessage', params: { tools: [], messages: [] } } } }],
    ['roots and a state', { inputRequests: { a: { method: 'roots/list', params: {} } }, requestState: '\u0000é' }],
    ['nothing but to come back', { requestState: 'busy' }],
    ['32 things at once', { inputRequests: many(32) }],
  ];
  for (const [name, input] of passed) {
    it(`${name}: arrives as it was asked`, async (t) => {
      const answer = await askedFor(t, input);

      const { inputRequests = {}, requestState } = input;
      assert.deepEqual(answer, { kind: 'input_required', inputRequests, requestState });
    });
  }

  const refused: readonly (readonly [string, JsonObject])[] = [
    ['nothing', {}],
    ['no requests and no state', { inputRequests: {} }],
    ['33 things at once', { inputRequests: many(33) }],
    ['a list of requests', { inputRequests: [FORM] }],
    ['a method that nobody knows', { inputRequests: { a: { method: 'tools/call', params: {} } } }],
    ['params that are none', { inputRequests: { a: { method: 'roots/list', params: [] } } }],
    ['a form without a message', { inputRequests: { a: { method: 'elicitation/create', params: {} } } }],
    ['a mode that nobody knows', { inputRequests: { a: elicitation({ mode: 'phone' }) } }],
    ['no address', { inputRequests: { a: elicitation({ mode: 'url' }) } }],
    ['an http address', { inputRequests: { a: sendTo('http://id.example.com/') } }],
    ['an address with a password', { inputRequests: { a: sendTo('https://a:b@id.example.com/') } }],
    ['an address with a name', { inputRequests: { a: sendTo('https://bank.example@evil.example/') } }],
    ['an address that reads as another', { inputRequests: { a: sendTo('https://bank.example\n.evil.example/') } }],
    ['an address without slashes', { inputRequests: { a: sendTo('https:evil.example') } }],
    ['an address with backslashes', { inputRequests: { a: sendTo('https:\\\\evil.example') } }],
    ['an address behind a space', { inputRequests: { a: sendTo(' https://evil.example/') } }],
    ['a script', { inputRequests: { a: sendTo('javascript:alert(1)') } }],
    ['a state that is no text', { requestState: { a: 1 } }],
    ['a state of more than 64 KB', { requestState: 'x'.repeat(64 * 1024 + 1) }],
    ['a state of more than 64 KB with what JSON makes of it', { requestState: '\u0000'.repeat(12 * 1024) }],
  ];
  for (const [name, input] of refused) {
    it(`${name}: is not passed on`, async (t) => {
      const error = await failure(askedFor(t, input), 'upstream_not_mcp');

      assert.deepEqual(error.details, { outcome: 'unknown' });
    });
  }

  const undeclared: readonly (readonly [string, JsonObject, JsonObject, JsonObject])[] = [
    ['a form of one that declared nothing', {}, FORM, { elicitation: { form: {} } }],
    ['a form of one that opens addresses only', { elicitation: { url: {} } }, FORM, { elicitation: { form: {} } }],
    ['an address of one that fills forms', { elicitation: {} }, sendTo('https://a.dev'), { elicitation: { url: {} } }],
    ['a sampling of one that fills forms', { elicitation: {} }, sampling({}), { sampling: {} }],
    ['a sampling with tools', { sampling: {} }, sampling({ tools: [] }), { sampling: { tools: {} } }],
    ['roots of one that samples', { sampling: {} }, { method: 'roots/list' }, { roots: {} }],
  ];
  for (const [name, capabilities, request, requiredCapabilities] of undeclared) {
    it(`${name}: is refused, and the caller learns what it would take`, async (t) => {
      const error = await failure(askedFor(t, { inputRequests: { a: request } }, capabilities), 'capability_required');

      assert.deepEqual(error.details, { requiredCapabilities });
    });
  }

  it('all that was not declared is told at once', async (t) => {
    const inputRequests = { a: FORM, b: sendTo('https://a.dev'), c: sampling({}), d: { method: 'roots/list' } };

    const error = await failure(askedFor(t, { inputRequests }, { roots: {} }), 'capability_required');

    assert.deepEqual(error.details, {
      requiredCapabilities: { elicitation: { form: {}, url: {} }, sampling: {} },
    });
  });
});

function elicitation(params: JsonObject): JsonObject {
  return { method: 'elicitation/create', params: { message: 'Please', ...params } };
}

function sendTo(url: string): JsonObject {
  return elicitation({ mode: 'url', url });
}

function sampling(params: JsonObject): JsonObject {
  return { method: 'sampling/createMessage', params };
}

function many(count: number): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`request-${index}`, FORM]));
}
