import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { TestHub } from './test-hub.ts';

export interface Connecting {
  readonly path?: string;
  readonly tenant?: string;
  readonly scopes?: readonly string[];
  /** Which revisions the client knows. Default: both, the newer first. */
  readonly era?: 'auto' | 'legacy';
  readonly options?: ClientOptions;
}

/** The current SDK's client, connected to an MCP endpoint of the hub. */
export async function connectClient(hub: TestHub, connecting: Connecting = {}): Promise<Client> {
  const { path = '/mcp', tenant = 'acme', scopes, era = 'auto', options = {} } = connecting;
  const token = await hub.tokenFor(tenant, scopes);
  const client = new Client(
    { name: 'test-client', version: '1.0.0' },
    { ...options, versionNegotiation: { mode: era } },
  );
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(hub.url + path), { requestInit }));
  return client;
}
