import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import * as z from 'zod/mini';
import type { TestHub } from '../test-hub.ts';

export interface SouthboundDriver {
  /** For the environment of the harness. */
  readonly url: string;
  /** What went wrong in the use of the server of a scenario. */
  failureOf(scenario: string): unknown;
  close(): Promise<void>;
}

/** A server of the suite, and what the suite tells a client about the scenario: some want certain calls. */
const TASK = z.object({
  scenario: z.string(),
  url: z.string(),
  context: z.object({
    toolCalls: z.optional(z.array(z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }))),
  }),
});
type Task = z.infer<typeof TASK>;

const PROPERTIES = z.record(z.string(), z.object({ type: z.catch(z.string(), 'string') }));

/** How long nobody new must have asked before anybody is served: until then the suite still starts its clients. */
const QUIET_MS = 2000;

/** Registers the servers that it is told of at the hub, one after the other, and uses over the hub all they offer. */
export async function startSouthboundDriver(hub: TestHub): Promise<SouthboundDriver> {
  const token = await hub.hub.mintToken({
    tenant: 'acme',
    scopes: ['tools:read', 'tools:call', 'servers:read', 'servers:write'],
  });
  const failures = new Map<string, unknown>();
  const inTurn = createTurns();
  const drive = async (task: Task, slug: string) => {
    await hub.register({ slug, url: task.url }, { token });
    await useEverything(new URL(`/servers/${slug}/mcp`, hub.url), `Bearer ${token}`, task);
  };
  const server = createServer(async (request, response) => {
    const task = TASK.parse(await json(request));
    await inTurn((turn) => drive(task, `suite-${turn}`)).catch((error: unknown) => failures.set(task.scenario, error));
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the driver listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    failureOf: (scenario) => failures.get(scenario),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function createTurns() {
  let count = 0;
  let askedAt = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function quiet(): Promise<void> {
    while (Date.now() - askedAt < QUIET_MS) await delay(QUIET_MS / 10);
  }

  return (work: (turn: number) => Promise<void>): Promise<void> => {
    askedAt = Date.now();
    const turn = (count += 1);
    const done = last.then(quiet).then(() => work(turn));
    last = done.catch(() => {});
    return done;
  };
}

/** Confirms whatever it is asked. */
async function useEverything(endpoint: URL, authorization: string, { context }: Task): Promise<void> {
  const client = new Client(
    { name: 'southbound-driver', version: '1.0.0' },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { confirmed: true } }));
  await client.connect(new StreamableHTTPClientTransport(endpoint, { requestInit: { headers: { authorization } } }));

  const { tools, resources, prompts } = client.getServerCapabilities() ?? {};
  if (tools !== undefined) {
    const listed = (await client.listTools()).tools;
    const calls = context.toolCalls ?? listed.map((tool) => sampleCall(tool, listed));
    for (const call of calls) await client.callTool(call);
  }
  if (resources !== undefined) {
    for (const { uri } of (await client.listResources()).resources) await client.readResource({ uri });
  }
  if (prompts !== undefined) {
    for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name });
  }
  await client.close();
}

/** An argument that is an object gets what this client was given as the schema of another tool. */
function sampleCall({ name, inputSchema }: Tool, all: readonly Tool[]) {
  const other = all.find((tool) => tool.name !== name)?.inputSchema;
  const samples: Readonly<Record<string, unknown>> = {
    string: 'sample',
    number: 1,
    integer: 1,
    boolean: true,
    object: other,
  };
  const properties = Object.entries(PROPERTIES.parse(inputSchema.properties ?? {}));
  return { name, arguments: Object.fromEntries(properties.map(([key, { type }]) => [key, samples[type]])) };
}
