import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestHub } from '../test/support/test-hub.ts';
import { startModern } from '../test/support/upstreams/modern.ts';
import { median } from './median.ts';

const WARM_UP = 30;
const ROUNDS = 150;

export interface RequestTime {
  readonly name: string;
  readonly milliseconds: number;
}

/** Median times of warm requests through the whole local hub, beside a proxy that only passes the call on. */
export async function measureRequests(): Promise<readonly RequestTime[]> {
  const [hub, upstream] = await Promise.all([startTestHub(), startModern()]);
  const proxy = await startProxy(upstream.origin);
  try {
    await hub.register({ slug: 'bench', url: upstream.url });
    const call = { body: { arguments: { message: 'x' } } };
    return [
      { name: 'minimal proxy, tools/call', milliseconds: await time(() => callThrough(proxy.url)) },
      { name: 'GET /v1/health', milliseconds: await time(() => hub.call('GET', '/v1/health', { token: null })) },
      { name: 'GET /v1/tools', milliseconds: await time(() => hub.call('GET', '/v1/tools')) },
      {
        name: 'POST /v1/tools/{name}/invoke',
        milliseconds: await time(() => hub.call('POST', '/v1/tools/bench_echo/invoke', call)),
      },
      { name: 'POST /mcp, tools/list', milliseconds: await time(() => hub.call('POST', '/mcp', listOverMcp)) },
      { name: 'POST /mcp, tools/call', milliseconds: await time(() => hub.call('POST', '/mcp', callOverMcp)) },
    ];
  } finally {
    proxy.close();
    await Promise.all([hub.close(), upstream.close()]);
  }
}

const REVISION = '2026-07-28';

/** A request of the current revision of MCP, as a client sends it. */
function overMcp(method: string, params: { readonly name?: string; readonly arguments?: object }) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return {
    body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } },
    headers: {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': REVISION,
      'mcp-method': method,
      ...(params.name !== undefined && { 'mcp-name': params.name }),
    },
  };
}

const listOverMcp = overMcp('tools/list', {});
const callOverMcp = overMcp('tools/call', { name: 'bench_echo', arguments: { message: 'x' } });

async function time(act: () => Promise<unknown>): Promise<number> {
  for (let round = 0; round < WARM_UP; round += 1) await act();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = performance.now();
    await act();
    times.push(performance.now() - from);
  }
  return median(times);
}

/** The floor: receives a request and sends it to the upstream as it is. */
async function startProxy(target: string): Promise<{ url: string; close(): void }> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const { method = 'POST', headers, url = '/' } = incoming;
    const onward = request(target + url, { agent, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/mcp`, close };
}

async function callThrough(url: string): Promise<unknown> {
  const version = '2026-07-28';
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version,
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'echo',
        arguments: { message: 'x' },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': version,
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  });
  if (!response.ok) throw new Error(`the upstream answered ${response.status}`);
  return response.json();
}
