import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { startEverything } from '../support/upstreams/everything.ts';
import { speakRaw } from '../support/upstreams/raw-mcp.ts';
import { type RecordingServer, startRecordingServer } from '../support/upstreams/recording-server.ts';
import { callOf, contextOf, failure, mcpUpstreamFor, targetOf } from '../support/upstreams/upstream-under-test.ts';

const OPENED_AGAIN = ['tools/call', 'initialize', 'notifications/initialized', 'tools/call'];
const CALLED_ONCE = ['tools/call'];

describe('a session that a reference server refuses is opened again, and the call sent again', () => {
  it('the server "everything"', async (t) => {
    const everything = await startEverything('streamableHttp');
    t.after(() => everything.close());

    const server = await callInStaleSession(t, await refusalFrom(everything.url));

    assert.deepEqual(server.methods(), OPENED_AGAIN);
  });

  it('a server of one transport, after a restart', async (t) => {
    const restarted = await startOneTransport(t);

    const server = await callInStaleSession(t, await refusalFrom(restarted.origin));

    assert.deepEqual(server.methods(), OPENED_AGAIN);
  });
});

describe('a 400 that may follow an effect is final', () => {
  const code = -32_000;
  const message = 'Bad Request: No valid session ID provided';
  const bodies: readonly (readonly [string, string])[] = [
    ['a text about some session', 'row written, but the browser session crashed afterwards'],
    ['the words of a refusal, without JSON-RPC', message],
    ['a JSON-RPC error about some session', refusal({ code, message: 'the browser session crashed' })],
    ['a refusal with more words', refusal({ code, message: `${message}: row written` })],
    ['a refusal with another code', refusal({ code: -32_603, message })],
    ['a refusal that answers the call', JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code, message } })],
    ['nothing', ''],
  ];
  for (const [name, body] of bodies) {
    it(name, async (t) => {
      const server = await callInStaleSession(t, { status: 400, body }, 'upstream_error');

      assert.deepEqual(server.methods(), CALLED_ONCE);
    });
  }
});

interface Refusal {
  readonly status: number;
  readonly body: string;
}

/** Calls twice; the server refuses the second call, which is in the session of the first, and no other. */
async function callInStaleSession(
  t: TestContext,
  { status, body }: Refusal,
  code?: Parameters<typeof failure>[1],
): Promise<RecordingServer> {
  const server = await startSessionful(t, { status, body });
  const upstream = mcpUpstreamFor(t);
  const target = targetOf(server.origin, { negotiated: LEGACY });
  const call = () => upstream.callTool(target, callOf('act'), contextOf());
  await call();
  server.clear();

  await (code === undefined ? call() : failure(call(), code));

  return server;
}

const LEGACY = { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' } as const;
const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'raw', version: '1' },
};

async function startSessionful(t: TestContext, { status, body }: Refusal): Promise<RecordingServer> {
  let calls = 0;
  const json = { 'content-type': 'application/json' };
  const server = await startRecordingServer((request, response, message) =>
    speakRaw(request, response, message, {
      initialize: (answer, { id }) => {
        answer.writeHead(200, { ...json, 'mcp-session-id': randomUUID() });
        answer.end(JSON.stringify({ jsonrpc: '2.0', id, result: INITIALIZED }));
      },
      'notifications/initialized': (accepted) => accepted.writeHead(202).end(),
      'tools/call': (answer, { id }) => {
        if (++calls === 2) return answer.writeHead(status, json).end(body);
        return answer.writeHead(200, json).end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }));
      },
    }),
  );
  t.after(() => server.close());
  return server;
}

async function startOneTransport(t: TestContext): Promise<RecordingServer> {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID });
  await new Server({ name: 'restarted', version: '1' }, { capabilities: { tools: {} } }).connect(transport);
  const server = await startRecordingServer((request, response, body) =>
    transport.handleRequest(request, response, body),
  );
  t.after(() => server.close());
  return server;
}

/** What a server really says to a call in a session that it does not know. */
async function refusalFrom(url: string): Promise<Refusal> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      'mcp-session-id': randomUUID(),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'act' } }),
  });
  const body = await response.text();
  assert.equal(response.status, 400, body);
  return { status: response.status, body };
}

function refusal(error: { code: number; message: string }): string {
  return JSON.stringify({ jsonrpc: '2.0', id: null, error });
}
