import type { FetchLike, PriorDiscovery, Transport } from '@modelcontextprotocol/client';
import {
  Client,
  isSpecType,
  SdkHttpError,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import type { Deadline } from '../../../hub/deadline.ts';
import type { LogLevel, Negotiated, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import { createAnsweringTransport } from './answering-transport.ts';
import { HUB_IDENTITY } from '../../../hub/hub-identity.ts';
import { refusesApiKey } from './refused-api-key.ts';
import { createWire, type Wire } from './wire.ts';

/** An open conversation with one server. */
export interface Connection {
  readonly client: Client;
  readonly wire: Wire;
  readonly negotiated: Negotiated;
  readonly sessionId: string | undefined;
  /** What a legacy server was told for this session. */
  readonly logging: { level: LogLevel | undefined };
  /** Costs a handshake to open, and nothing to keep. */
  readonly reusable: boolean;
  /** Ends the session, if there is one, and closes. Never fails. */
  end(): Promise<void>;
  /** Only closes. Never fails. */
  close(): Promise<void>;
}

export interface ConnectInput {
  readonly url: URL;
  readonly transport: UpstreamTarget['transport'];
  /** Known from before: saves the probe. */
  readonly negotiated: Negotiated | undefined;
  readonly fetch: FetchLike;
  readonly deadline: Deadline;
  /** Is told of the HTTP side of each attempt before it begins. */
  readonly onWire: (wire: Wire) => void;
}

const CONNECT_TIMEOUT_MS = 10_000;
export const END_SESSION_TIMEOUT_MS = 2000;

/** The hub gives the SDK no output schema, and so never makes it compile one. */
const neverAsked = {
  getValidator: () => () => {
    throw new Error('results are not validated');
  },
};

/**
 * Finds out how the server wants to be spoken to: the stateless revision, the `initialize` handshake, or that over the
 * old pair of an event stream and POSTs.
 */
export async function connect(input: ConnectInput): Promise<Connection> {
  const transport = input.negotiated?.transport ?? input.transport;
  if (transport === 'sse') return connectSse(input);
  try {
    return await connectStreamable(input);
  } catch (error) {
    if (transport !== 'auto' || !isOldServersRefusal(error)) throw error;
    return connectSse(input).catch(() => {
      throw error;
    });
  }
}

function connectStreamable(input: ConnectInput): Promise<Connection> {
  const wire = createWire({ fetch: input.fetch, transport: 'streamable-http' });
  const inner = new StreamableHTTPClientTransport(input.url, {
    fetch: wire.fetch,
    onInsufficientScope: 'throw',
    // A broken stream is never taken up again: the hub could not tell what it missed.
    reconnectionOptions: {
      initialReconnectionDelay: 0,
      maxReconnectionDelay: 0,
      reconnectionDelayGrowFactor: 1,
      maxRetries: 0,
    },
  });
  const endSession = () => inner.terminateSession();
  return open({ ...input, wire, inner, kind: 'streamable-http', prior: priorOf(input.negotiated), endSession });
}

function connectSse(input: ConnectInput): Promise<Connection> {
  const wire = createWire({ fetch: input.fetch, transport: 'sse' });
  const inner = new SSEClientTransport(input.url, { fetch: wire.fetch });
  return open({ ...input, wire, inner, kind: 'sse', prior: { kind: 'legacy' }, endSession: async () => {} });
}

interface OpenInput extends ConnectInput {
  readonly wire: Wire;
  readonly inner: Transport;
  readonly kind: Negotiated['transport'];
  readonly prior: PriorDiscovery | undefined;
  readonly endSession: () => Promise<void>;
}

async function open({ wire, inner, kind, prior, endSession, deadline, onWire }: OpenInput): Promise<Connection> {
  onWire(wire);
  const client = new Client(HUB_IDENTITY, {
    versionNegotiation: { mode: 'auto', probe: { timeoutMs: CONNECT_TIMEOUT_MS } },
    jsonSchemaValidator: neverAsked,
    inputRequired: { autoFulfill: false },
  });
  const transport = createAnsweringTransport(inner, { sharedStream: kind === 'sse' });
  const close = async () => {
    await client.close().catch(() => undefined);
    // Until the handshake, the client does not know its transport.
    await inner.close().catch(() => undefined);
  };
  try {
    const signal = AbortSignal.any([deadline.signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    const connecting = client.connect(transport, { signal, timeout: CONNECT_TIMEOUT_MS, ...(prior && { prior }) });
    await untilAborted(connecting, signal);
  } catch (error) {
    await close();
    throw error;
  }
  const negotiated = negotiatedBy(client, kind);
  return {
    client,
    wire,
    negotiated,
    sessionId: inner.sessionId,
    logging: { level: undefined },
    reusable: negotiated.era === 'legacy' && kind === 'streamable-http',
    close,
    end: async () => {
      await untilAborted(endSession(), AbortSignal.timeout(END_SESSION_TIMEOUT_MS)).catch(() => undefined);
      await close();
    },
  };
}

/** The SDK's probe and its wait for an event stream's first event look at no signal. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Only what skipping the probe needs: the rest of a server's self-description is not worth keeping. */
function negotiatedBy(client: Client, transport: Negotiated['transport']): Negotiated {
  const version = client.getNegotiatedProtocolVersion();
  if (version === undefined) throw new Error('a connected client has a protocol version');
  return client.getProtocolEra() === 'modern'
    ? { era: 'modern', transport: 'streamable-http', discover: { supportedVersions: [version], capabilities: {} } }
    : { era: 'legacy', transport, protocolVersion: version };
}

function priorOf(negotiated: Negotiated | undefined): PriorDiscovery | undefined {
  if (negotiated === undefined) return undefined;
  if (negotiated.era === 'legacy') return { kind: 'legacy' };
  const { discover } = negotiated;
  return isSpecType.DiscoverResult(discover) ? { kind: 'modern', discover } : undefined;
}

/**
 * "400 Bad Request", "404 Not Found" or "405 Method Not Allowed" mean that the older transport is worth a try, unless the
 * server says that it means something else.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#backwards-compatibility
 */
function isOldServersRefusal(error: unknown): boolean {
  return error instanceof SdkHttpError && [400, 404, 405].includes(error.status) && !refusesApiKey(error);
}
