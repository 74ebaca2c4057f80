import * as z from 'zod/mini';
import type { CallableTool } from '../hub/calls/find-tool.ts';
import { exposeDefinition } from '../hub/catalog/expose-result.ts';
import type { ListedTool } from '../hub/catalog/offered-tools.ts';
import type { createSearchTools } from '../hub/catalog/search-tools.ts';
import { HubError } from '../hub/hub-error.ts';
import type { JsonObject } from '../hub/json.ts';
import type { Exchange } from './exchange.ts';
import { LIST_FRESHNESS, type McpMethods, paramsOf } from './method.ts';
import { type CallDependencies, callNamed, callParams } from './tool-methods.ts';

export interface SearchMethodDependencies extends CallDependencies {
  readonly searchTools: ReturnType<typeof createSearchTools>;
}

const MAX_DESCRIBED = 20;

const searchArguments = z.object({
  query: z.string().check(z.maxLength(500)),
  server: z.optional(z.string()),
  limit: z._default(z.int().check(z.minimum(1), z.maximum(50)), 10),
});
const describeArguments = z.object({
  names: z.array(z.string()).check(z.minLength(1), z.maxLength(MAX_DESCRIBED)),
});

/** The hub's slug is reserved, so no server's tool can have one of these names. */
const SEARCH_TOOL = {
  name: 'hub_search',
  title: 'Search tools',
  description:
    'Finds tools by what they do, over the names, descriptions, tags and servers of everything that you may use here. ' +
    'Answers names and short descriptions, the best first.',
  inputSchema: {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'What the tool is to do, in a few words', maxLength: 500 },
      server: { type: 'string', description: 'Only tools of this server' },
      limit: { type: 'integer', minimum: 1, maximum: 50, default: 10 },
    },
    required: ['query'],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
} as const;

const DESCRIBE_TOOL = {
  name: 'hub_describe',
  title: 'Describe tools',
  description: 'Answers the full definitions of tools, with the schemas of their arguments. Read them before a call.',
  inputSchema: {
    type: 'object',
    properties: {
      names: {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        maxItems: MAX_DESCRIBED,
        description: 'Names that hub_search answered',
      },
    },
    required: ['names'],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
} as const;

const CALL_TOOL = {
  name: 'hub_call',
  title: 'Call a tool',
  description: 'Calls a tool that hub_search found and answers its result.',
  inputSchema: {
    type: 'object',
    properties: {
      name: { type: 'string', description: 'Name of the tool' },
      arguments: { type: 'object', description: 'Arguments as hub_describe says' },
    },
    required: ['name'],
    additionalProperties: false,
  },
} as const;

/** Three tools in the place of hundreds, for clients whose model should not read them all. Each may only what a list may. */
export function searchMethods(deps: SearchMethodDependencies): McpMethods {
  return {
    'tools/list': {
      scope: 'tools:read',
      handle: () => Promise.resolve({ tools: [SEARCH_TOOL, DESCRIBE_TOOL, CALL_TOOL], ...LIST_FRESHNESS }),
    },
    'tools/call': {
      scope: 'tools:call',
      async handle(params, exchange) {
        const { name, arguments: args } = paramsOf(callParams, params);
        switch (name) {
          case SEARCH_TOOL.name:
            return search(deps, exchange, paramsOf(searchArguments, args));
          case DESCRIBE_TOOL.name:
            return describe(deps, exchange, paramsOf(describeArguments, args).names);
          case CALL_TOOL.name: {
            const called = paramsOf(callParams, args);
            return callNamed(deps, exchange, called.name, called.arguments);
          }
          default:
            throw new HubError('tool_not_found', 'here the tools are hub_search, hub_describe and hub_call');
        }
      },
    },
  };
}

async function search(
  { searchTools }: SearchMethodDependencies,
  { principal }: Exchange,
  query: z.output<typeof searchArguments>,
): Promise<JsonObject> {
  const found = await searchTools(principal.tenantId, query);
  return structured({ tools: found.map(summary) });
}

const SUMMARY_LENGTH = 300;

function summary({ server, tool }: ListedTool): JsonObject {
  const { title, description } = tool.definition;
  return {
    name: tool.exposedName,
    server: server.slug,
    ...(typeof title === 'string' && { title }),
    ...(typeof description === 'string' && { description: description.slice(0, SUMMARY_LENGTH) }),
    category: tool.metadata.category,
    tags: tool.metadata.tags,
  };
}

async function describe(
  { describeTool }: SearchMethodDependencies,
  { principal }: Exchange,
  names: readonly string[],
): Promise<JsonObject> {
  const found = await Promise.all([...new Set(names)].map((name) => describeTool(principal.tenantId, name)));
  return structured({ tools: found.map(definitionOf) });
}

function definitionOf({ server, tool }: CallableTool): JsonObject {
  return { ...exposeDefinition(server.slug, tool.definition), name: tool.exposedName };
}

/** For clients that read structure, and for those that read text. */
function structured(content: JsonObject): JsonObject {
  return { content: [{ type: 'text', text: JSON.stringify(content) }], structuredContent: content };
}
