import { createMcpHandler, isLegacyRequest, type Server } from '@modelcontextprotocol/server';
import type { createFindTool } from '../hub/calls/find-tool.ts';
import { laneOf } from '../hub/jobs/job-lane.ts';
import { HubError } from '../hub/hub-error.ts';
import { isJsonObject } from '../hub/json.ts';
import { describeEndpoint } from './describe-endpoint.ts';
import type { ExchangeBasis, McpCall } from './exchange.ts';
import { answerLegacy, takesEvents } from './legacy-exchange.ts';
import type { McpMethods } from './method.ts';
import { headerMismatch } from './mirrored-arguments.ts';
import { ownNames, prefixedNames } from './names.ts';
import { type PromptMethodDependencies, promptMethods } from './prompt-methods.ts';
import { createRequestServer } from './request-server.ts';
import { type ResourceMethodDependencies, resourceMethods } from './resource-methods.ts';
import { type SearchMethodDependencies, searchMethods } from './search-methods.ts';
import { type TaskMethodDependencies, taskMethods } from './task-methods.ts';
import { type ToolMethodDependencies, toolMethods } from './tool-methods.ts';

export interface McpEndpointDependencies
  extends
    ToolMethodDependencies,
    ResourceMethodDependencies,
    PromptMethodDependencies,
    SearchMethodDependencies,
    TaskMethodDependencies {
  readonly findTool: ReturnType<typeof createFindTool>;
  /** Is told of every failure behind an answer, for the log. */
  readonly report: (error: unknown) => void;
}

/** Answers one HTTP request, whose JSON body was parsed already. A `HubError` that it throws is an answer of HTTP's. */
export type McpEndpoint = (request: Request, message: unknown, call: McpCall) => Promise<Response>;

/** The MCP face of the hub: both endpoints, in both eras, over the use cases behind the REST routes. */
export function createMcpEndpoint(deps: McpEndpointDependencies): McpEndpoint {
  const offered = { ...resourceMethods(deps), ...promptMethods(deps), ...taskMethods(deps) };
  const withTools: McpMethods = { ...offered, ...toolMethods(deps) };
  const withSearch: McpMethods = { ...offered, ...searchMethods(deps) };

  return async (request, message, call) => {
    const searches = wantsSearch(call);
    const methods = searches ? withSearch : withTools;
    requireScopes(methods, message, call);
    const basis = await basisOf(deps, request, message, call);
    const mismatch = await mirroredBadly(methods, request, message, basis);
    if (mismatch !== undefined) return mismatch;
    const method = methodOf(message);
    const described = await describeEndpoint(deps.shown, { basis, method, searches });
    const createServer = () => createRequestServer({ basis, methods, method, described, report: deps.report });
    return basis.era === 'legacy'
      ? answerLegacy(createServer(), request, message)
      : answerModern(createServer, request, message, deps.report);
  };
}

/** `?tools=search` puts three tools in the place of all: to search the catalog, to describe and to call. */
function wantsSearch({ query, slug }: McpCall): boolean {
  const tools = query.get('tools') ?? 'all';
  if (tools === 'all' || (tools === 'search' && slug === undefined)) return tools === 'search';
  throw new HubError('invalid_request', 'the query parameter "tools" is "all" (the default) or, at /mcp, "search"');
}

/** One challenge for everything that a message asks for; a revision of 2025 may send several requests at once. */
function requireScopes(methods: McpMethods, message: unknown, { principal }: McpCall): void {
  for (const each of [message].flat()) {
    const method = methodOf(each) ?? '';
    const scope = Object.hasOwn(methods, method) ? methods[method]?.scope : undefined;
    if (scope !== undefined && !principal.scopes.has(scope)) {
      throw new HubError('insufficient_scope', `this needs the scope "${scope}"`, { details: { scope } });
    }
  }
}

async function basisOf(
  { findTool, describeTool }: McpEndpointDependencies,
  request: Request,
  message: unknown,
  call: McpCall,
): Promise<ExchangeBasis> {
  const found = new Map<string, ReturnType<typeof findTool>>();
  return {
    call,
    era: (await isLegacyRequest(request, message)) ? 'legacy' : 'modern',
    names: call.slug === undefined ? prefixedNames : ownNames(call.slug),
    listens: takesEvents(request, message),
    findTool(exposedName) {
      // To find a tool takes a call of it from the limits, and a batch may have many.
      const known = Array.isArray(message) ? undefined : found.get(exposedName);
      // What a worker calls is taken from the limits by the worker.
      const find = laneOf(exposedName) === 'browser' ? describeTool : findTool;
      const finding = known ?? find(call.principal.tenantId, exposedName);
      found.set(exposedName, finding);
      return finding;
    },
  };
}

/** Must be known before the SDK answers: what a handler says comes with status 200. */
async function mirroredBadly(
  methods: McpMethods,
  request: Request,
  message: unknown,
  basis: ExchangeBasis,
): Promise<Response | undefined> {
  const { inputSchema } = methods[methodOf(message) ?? ''] ?? {};
  if (basis.era === 'legacy' || inputSchema === undefined || !isJsonObject(message)) return undefined;
  const { id, params } = message;
  // What cannot be found is refused by the method itself.
  const schema = await inputSchema(params, basis).catch(() => undefined);
  const args = isJsonObject(params) && isJsonObject(params['arguments']) ? params['arguments'] : {};
  return headerMismatch(schema, { id, arguments: args, headers: request.headers });
}

/**
 * With nothing to be told of, the SDK acknowledges a subscription as empty and ends it in good order at once.
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions
 */
function answerModern(
  createServer: () => Server,
  request: Request,
  message: unknown,
  report: (error: unknown) => void,
): Promise<Response> {
  return createMcpHandler(createServer, { legacy: 'reject', onerror: report }).fetch(request, { parsedBody: message });
}

function methodOf(message: unknown): string | undefined {
  return isJsonObject(message) && typeof message['method'] === 'string' ? message['method'] : undefined;
}
