import { ProtocolError, ProtocolErrorCode, Server, type ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod/mini';
import { HUB_IDENTITY } from '../hub/hub-identity.ts';
import type { JsonObject } from '../hub/json.ts';
import { TASKS_EXTENSION } from '../hub/upstreams/task.ts';
import { LOG_LEVELS } from '../hub/upstreams/upstream.ts';
import { type ExchangeBasis, exchangeOf } from './exchange.ts';
import { protocolError } from './json-rpc-error.ts';
import type { McpMethods } from './method.ts';

/** What an endpoint says of itself when a client introduces itself. */
export interface SelfDescription {
  readonly completions: boolean;
  readonly instructions: string;
}

export interface RequestServerOptions {
  readonly basis: ExchangeBasis;
  readonly methods: McpMethods;
  /** Of this request; undefined for a batch. */
  readonly method: string | undefined;
  readonly described: SelfDescription;
  readonly report: (error: unknown) => void;
}

const DESCRIPTION_TTL_MS = 300_000;

/** Of an extension's method, which the SDK does not know. */
const anyParams = z.looseObject({});

/** Without a session there is nothing to remember a level in: it is taken, and forgotten. */
const levelParams = z.looseObject({ level: z.enum(LOG_LEVELS) });

/** Nothing is ever compiled or validated by the SDK: arguments and results are the servers' and the callers' business. */
const neverAsked = {
  getValidator: () => () => {
    throw new Error('schemas are not compiled here');
  },
};

/**
 * The SDK's server for one request. The methods are no registered handlers: those would drop from results what the SDK
 * does not know, and refuse a list for one odd item. Negotiation and protocol errors stay the SDK's.
 */
export function createRequestServer({ basis, methods, method, described, report }: RequestServerOptions): Server {
  const server = new Server(HUB_IDENTITY, {
    // No `listChanged` and no `subscribe`: nobody is told of changes, so nothing of it is promised.
    capabilities: {
      tools: {},
      resources: {},
      prompts: {},
      logging: {},
      ...(described.completions && { completions: {} }),
      ...(basis.era === 'modern' && { extensions: { [TASKS_EXTENSION]: {} } }),
    },
    instructions: described.instructions,
    jsonSchemaValidator: neverAsked,
    cacheHints: { 'server/discover': { ttlMs: DESCRIPTION_TTL_MS, cacheScope: 'private' } },
  });
  // A method that a modern client should not ask for is left to the SDK, which knows its HTTP status.
  const asked = method !== undefined && Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (basis.era === 'legacy' || asked !== undefined) server.fallbackRequestHandler = handle;
  // Methods that an earlier revision had as well reach a registered handler only.
  if (basis.era === 'modern' && method !== undefined && asked?.extension === true) {
    server.setRequestHandler(method, { params: anyParams }, (params, ctx) => handle({ method, params }, ctx));
  }
  // The SDK would call a level that is none its own failure, and quote its schema.
  if (basis.era === 'legacy') server.setRequestHandler('logging/setLevel', { params: levelParams }, () => ({}));
  return server;

  async function handle(request: { method: string; params?: unknown }, ctx: ServerContext): Promise<JsonObject> {
    try {
      const exchange = exchangeOf(basis, ctx);
      const found = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
      const isOfRevision = found?.extension !== true || basis.era === 'modern';
      if (found === undefined || !isOfRevision)
        throw new ProtocolError(ProtocolErrorCode.MethodNotFound, 'Method not found');
      return await found.handle(request.params, exchange);
    } catch (error) {
      report(error);
      throw protocolError(error, basis.era);
    }
  }
}
