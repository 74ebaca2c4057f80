/** A client in a process of its own, to be killed in the middle of a call. Says on stdout when progress comes. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const [url = '', token = '', era = 'auto', name = ''] = process.argv.slice(2);
const client = new Client(
  { name: 'mortal', version: '1.0.0' },
  { versionNegotiation: { mode: era === 'legacy' ? 'legacy' : 'auto' } },
);
const requestInit = { headers: { authorization: `Bearer ${token}` } };
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
await client.callTool({ name, arguments: { seconds: 30 } }, { onprogress: () => process.stdout.write('progress\n') });
