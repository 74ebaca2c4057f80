import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import type { Json, JsonObject } from '../../json.ts';
import { type RestRequest, type RestTool, ToolInputError } from '../rest-tool.ts';
import { checkArguments, inputSchema, type Parameters } from '../tool-parameters.ts';

/** What can be subscribed to; each plan counts its own requests, though one key may have several. */
export type Plan = 'Search' | 'Answers' | 'Autosuggest' | 'Spellcheck';

/** One operation of the API, which looks something up. */
export interface Operation {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly path: string;
  /** Sent in the query, in this order. */
  readonly parameters: Parameters;
  readonly required: readonly string[];
  /** Sent as headers. */
  readonly location?: Parameters;
  /** Whether the operation takes the same parameters as JSON, for what is too long for a URL. */
  readonly alsoByPost: boolean;
  /** Search, where nothing else is said. */
  readonly plan?: Plan;
  readonly metadata: ToolMetadata;
  /** What the parameters' own rules do not say; undefined when all is well. */
  readonly problem?: (args: JsonObject) => string | undefined;
  readonly presentText: (answer: JsonObject, args: JsonObject) => string;
}

/** The guard accepts URLs of 2048 characters. */
const MAX_QUERY_LENGTH = 1_900;

export function braveTool(operation: Operation): RestTool {
  const { parameters, location = {}, required, metadata, plan = 'Search' } = operation;
  const all = { parameters: { ...parameters, ...location }, required };
  return {
    definition: definitionOf(operation, inputSchema(all)),
    metadata,
    plan,
    request(args) {
      checkArguments(all, args);
      const problem = operation.problem?.(args);
      if (problem !== undefined) throw new ToolInputError(problem);
      return requestOf(operation, args);
    },
    present: (answer, args) => ({ text: operation.presentText(answer, args), structured: answer }),
  };
}

/** How every tool of the API looks to models. */
export function definitionOf(
  { name, title, description }: Pick<Operation, 'name' | 'title' | 'description'>,
  schema: JsonObject,
): RestTool['definition'] {
  return {
    name,
    title,
    description,
    inputSchema: schema,
    annotations: { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  };
}

function requestOf({ path, parameters, location = {}, alsoByPost }: Operation, args: JsonObject): RestRequest {
  const given = entriesOf(args, parameters);
  const headers = Object.fromEntries(entriesOf(args, location).map(([name, value]) => [name, textOf(value)]));
  const query = given.flatMap(([name, value]) => listed(value).map((one): [string, string] => [name, textOf(one)]));
  if (new URLSearchParams(query).toString().length <= MAX_QUERY_LENGTH) return { method: 'GET', path, query, headers };
  if (!alsoByPost) throw new ToolInputError('the arguments are too long together; shorten them');
  return { method: 'POST', path, query: [], headers, body: Object.fromEntries(given) };
}

function entriesOf(args: JsonObject, parameters: Parameters): (readonly [name: string, value: Json])[] {
  return Object.keys(parameters).flatMap((name) => {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** A list is sent by repeating the parameter. */
function listed(value: Json): readonly Json[] {
  return isList(value) ? value : [value];
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
