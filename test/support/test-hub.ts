import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startLocalHub } from '../../local/hub.ts';
import type { AwsCall, FunctionLogLine, Invocation, QueueBatch, ScheduleFired } from '../../local/observe.ts';

/** Synthesized once before the tests by `npm test`. */
export const ASSEMBLY = join(import.meta.dirname, '../../cdk.out/local');

const ALL_SCOPES = ['tools:read', 'tools:call', 'servers:read', 'servers:write'];

export interface Call {
  /** Tenant of a fresh token; left out when `token` is given, which may be `null` for none. */
  readonly tenant?: string;
  readonly token?: string | null;
  readonly scopes?: readonly string[];
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers whose shape they assert
  readonly body: any;
}

export type TestHub = Awaited<ReturnType<typeof startTestHub>>;

/** The whole hub on a free port with its own data, and everything that it lets one observe. */
export async function startTestHub({ assembly = ASSEMBLY, keepData = '', stagePath = false } = {}) {
  assert.ok(existsSync(assembly), 'synthesize first: npm run synth -- local');
  const dataDirectory = keepData || (await mkdtemp(join(tmpdir(), 'nexus-test-')));
  const awsCalls: AwsCall[] = [];
  let gathering: Gathering | undefined;
  const logLines: FunctionLogLine[] = [];
  const invocations: Invocation[] = [];
  const batches: QueueBatch[] = [];
  const schedulesFired: ScheduleFired[] = [];
  const hub = await startLocalHub({
    assemblyDirectory: assembly,
    dataDirectory,
    port: 0,
    stagePath,
    observer: {
      awsCallArrived: async () => gathering?.arrive(),
      awsCall: (call) => awsCalls.push(call),
      logLine: (line) => logLines.push(line),
      invocation: (invocation) => invocations.push(invocation),
      batch: (batch) => batches.push(batch),
      schedule: (fired) => schedulesFired.push(fired),
    },
  });
  const tokens = new Map<string, Promise<string>>();

  /** One token per tenant and scopes, so that the authorizer's cache works as for a real client. */
  function tokenFor(tenant: string, scopes: readonly string[] = ALL_SCOPES): Promise<string> {
    const key = JSON.stringify([tenant, scopes]);
    const token = tokens.get(key) ?? hub.mintToken({ tenant, scopes });
    tokens.set(key, token);
    return token;
  }

  async function call(method: string, path: string, options: Call = {}): Promise<Answer> {
    const { tenant = 'acme', scopes, body, headers = {} } = options;
    const token = options.token === undefined ? await tokenFor(tenant, scopes) : options.token;
    const response = await fetch(hub.url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = text !== '' && (response.headers.get('content-type')?.includes('json') ?? false);
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  }

  return {
    hub,
    url: hub.url,
    dataDirectory,
    awsCalls,
    logLines,
    invocations,
    batches,
    schedulesFired,
    call,
    tokenFor,
    /**
     * Holds the next AWS calls until so many have arrived, so that what is sent at once overlaps however busy the machine
     * is. What is sent one after the other never gathers, and goes on after a second.
     */
    gatherAwsCalls(count: number): void {
      gathering = createGathering(count);
    },
    /** Registers a server, which may be called as often as a test likes, and asserts that it worked. */
    async register(input: Record<string, unknown>, options: Call = {}): Promise<Answer> {
      const body = { rateLimitPerMinute: 100_000, ...input };
      const answer = await call('POST', '/v1/servers', { ...options, body });
      assert.equal(answer.status, 201, answer.text);
      return answer;
    },
    /** The servers that a tenant registered, as the list shows them. */
    async registered(tenant: string): Promise<{ readonly slug: string }[]> {
      const { body } = await call('GET', '/v1/servers', { tenant });
      return body.servers.filter(({ system }: { system?: boolean }) => system !== true);
    },
    async close(): Promise<void> {
      await hub.close();
      if (keepData === '') await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

interface Gathering {
  arrive(): Promise<void>;
}

const GATHERING_MS = 1_000;

function createGathering(count: number): Gathering {
  const complete = Promise.withResolvers<void>();
  let arrived = 0;
  return {
    async arrive() {
      arrived += 1;
      if (arrived >= count) complete.resolve();
      await Promise.race([complete.promise, delay(GATHERING_MS)]);
    },
  };
}
