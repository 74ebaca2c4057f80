import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertAbsent, storedFiles, storedItems, unpacked } from '../support/leaks.ts';
import { MODERN } from '../support/mcp/mcp-caller.ts';
import { startTestHub, type TestHub } from '../support/test-hub.ts';
import { startDying } from '../support/upstreams/dying.ts';
import { startHostile } from '../support/upstreams/hostile.ts';
import { startModern } from '../support/upstreams/modern.ts';

const CANARY = 'canary-4d1f0c8be2a7';

const HOSTILE = [
  'malformed',
  'html',
  'gzip-bomb',
  'wrong-id',
  'redirect-302',
  'redirect-308',
  'unauthorized',
  'forbidden',
  'server-error',
  'bad-request',
  'echoed-secret',
  'sse-elsewhere',
] as const;

/** So that servers report progress, write logs and ask back. */
const ASKED: Readonly<Record<string, object>> = {
  steps: { steps: [1, 2] },
  tell: { level: 'error' },
  ask: { inputRequests: { a: { method: 'elicitation/create', params: { message: 'Which?', requestedSchema: {} } } } },
};

describe('a secret, planted as a credential and as a header', () => {
  let hub: TestHub;
  let upstream: Awaited<ReturnType<typeof startModern>>;
  const answers: string[] = [];
  const mcpAnswers: string[] = [];
  const trapped: string[] = [];

  async function say(method: string, path: string, body?: unknown): Promise<void> {
    const answer = await hub.call(method, path, { body });
    answers.push(answer.text, JSON.stringify([...answer.headers]));
  }

  /** The same over MCP, with a client of either era; both take events. */
  async function sayMcp(path: string, method: string, params: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const accept = 'application/json, text/event-stream';
    const _meta = { progressToken: 'progress' };
    const message = { jsonrpc: '2.0', id: 1, method };
    const legacy = { body: { ...message, params: { ...params, _meta } }, headers: { accept } };
    const envelope = {
      'io.modelcontextprotocol/protocolVersion': MODERN,
      'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
      'io.modelcontextprotocol/logLevel': 'debug',
    };
    const name = params['name'] ?? params['uri'];
    const modern = {
      body: { ...message, params: { ...params, _meta: { ..._meta, ...envelope } } },
      headers: {
        accept,
        'mcp-protocol-version': MODERN,
        'mcp-method': method,
        ...(name !== undefined && { 'mcp-name': String(name) }),
      },
    };
    for (const request of [legacy, modern]) {
      const answer = await hub.call('POST', path, request);
      mcpAnswers.push(answer.text);
      answers.push(answer.text, JSON.stringify([...answer.headers]));
    }
  }

  /** Everything that a tenant does with a server, well and badly. */
  before(async () => {
    [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
    const [hostile, dying] = await Promise.all([startHostile(), startDying()]);
    const secret = {
      credential: { type: 'bearer', token: `${CANARY}-bearer` },
      headers: { 'X-Extra': `${CANARY}-header` },
    };
    try {
      await say('POST', '/v1/servers', { slug: 'good', url: upstream.url, ...secret });
      await say('POST', '/v1/servers', { slug: 'good', url: upstream.url, ...secret });
      await say('POST', '/v1/servers', { slug: 'bad', url: 'http://127.0.0.1:9/mcp', ...secret });
      await say('POST', '/v1/servers', { slug: 'bad', url: 'http://169.254.169.254/', ...secret });
      await say('POST', '/v1/servers', { slug: 'bad', ...secret, url: 7 });
      await say('POST', '/v1/servers', `{"slug": "bad", "credential": "${CANARY}`);
      await say('POST', '/v1/servers', {
        slug: 'bad',
        url: upstream.url,
        credential: { type: 'bearer', tokn: CANARY },
      });
      await say('POST', '/v1/servers', { slug: 'bad', url: upstream.url, headers: { 'X-A': `${CANARY}\n` } });
      await say('POST', '/v1/servers?force=true', { slug: 'down', url: 'http://127.0.0.1:9/mcp', ...secret });
      for (const behaviour of HOSTILE) {
        await say('POST', '/v1/servers', { slug: 'hostile', url: hostile.urlOf(behaviour), ...secret });
      }
      for (const behaviour of HOSTILE) {
        await say('POST', '/v1/servers', { slug: behaviour, url: hostile.urlOfCall(behaviour), ...secret });
        await say('POST', `/v1/tools/${behaviour}_act/invoke`, {});
        await sayMcp('/mcp', 'tools/call', { name: `${behaviour}_act` });
      }
      for (const death of ['before-answer', 'mid-body', 'mid-events'] as const) {
        await say('POST', '/v1/servers', { slug: death, url: dying.urlOf(death), ...secret });
        await say('POST', `/v1/tools/${death}_act/invoke`, {});
        await sayMcp('/mcp', 'tools/call', { name: `${death}_act` });
      }
      trapped.push(...hostile.trap.requests.map((request) => JSON.stringify(request)));
      await say('GET', '/v1/servers');
      await say('GET', '/v1/servers/good');
      await say('GET', '/v1/tools');
      for (const method of ['server/discover', 'tools/list', 'resources/list', 'prompts/list']) {
        for (const path of ['/mcp', '/mcp?tools=search', '/servers/good/mcp']) await sayMcp(path, method);
      }
      await sayMcp('/mcp', 'resources/read', { uri: 'good+sample://greeting' });
      await sayMcp('/mcp', 'prompts/get', { name: 'good_greet', arguments: { name: 'Ada' } });
      await sayMcp('/mcp', 'completion/complete', {
        ref: { type: 'ref/prompt', name: 'good_greet' },
        argument: { name: 'name', value: 'A' },
      });
      for (const tool of ['echo', 'refuse', 'steps', 'tell', 'ask', 'demand']) {
        await sayMcp('/servers/good/mcp', 'tools/call', { name: tool, arguments: ASKED[tool] ?? {} });
      }
      const called = { name: 'hub_call', arguments: { name: 'good_fail' } };
      for (const params of [called, { name: 'hub_search', arguments: { query: 'sample' } }]) {
        await sayMcp('/mcp?tools=search', 'tools/call', params);
      }
      await say('PATCH', '/v1/servers/good', { name: 'new' });
      await say('PATCH', '/v1/servers/good', { url: `${upstream.url}?x=1` });
      await say('PATCH', '/v1/servers/good', { url: 'http://127.0.0.1:9/mcp' });
      await say('POST', '/v1/servers/good/sync');
      for (const tool of ['echo', 'odd', 'fail', 'refuse', 'none']) {
        await say('POST', `/v1/tools/good_${tool}/invoke`, { arguments: { message: 'x' } });
      }
    } finally {
      await Promise.all([hostile.close(), dying.close()]);
    }
  });
  after(async () => {
    await Promise.all([hub?.close(), upstream?.close()]);
  });

  it('reached the server that it was given for', () => {
    assert.ok(upstream.requests.some(({ headers }) => headers.authorization === `Bearer ${CANARY}-bearer`));
    assert.ok(upstream.requests.some(({ headers }) => headers['x-extra'] === `${CANARY}-header`));
  });

  it('was there for everything that MCP has', () => {
    for (const said of [
      'notifications/progress',
      'notifications/message',
      'input_required',
      'requestState',
      '"outcome":"unknown"',
      '[redacted]',
      'upstream_unauthorized',
    ]) {
      assert.ok(
        mcpAnswers.some((answer) => answer.includes(said)),
        said,
      );
    }
  });

  it('reached no other origin', () => assert.deepEqual(trapped, []));

  it('is in no answer', () => assertAbsent(CANARY, answers));

  it('is in no line of a log', () => {
    assert.ok(hub.logLines.length > 0);
    assertAbsent(
      CANARY,
      hub.logLines.map(({ line }) => line),
    );
  });

  it('is in no request to AWS, not even packed', () => {
    assert.ok(hub.awsCalls.length > 0);
    assertAbsent(
      CANARY,
      hub.awsCalls.flatMap(({ requestBody }) => [requestBody, ...unpacked(requestBody)]),
    );
  });

  it('is in no item of a table, not even packed', async () => {
    const items = await storedItems(hub);

    assert.ok(items.some((item) => unpacked(item).some((text) => text.includes('The sample tool echo'))));
    assertAbsent(
      CANARY,
      items.flatMap((item) => [item, ...unpacked(item)]),
    );
  });

  it('is in no file of the data directory, in the clear or encoded', async () => {
    assertAbsent(CANARY, await storedFiles(hub));
  });
});
