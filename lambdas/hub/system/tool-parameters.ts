import * as z from 'zod/mini';
import type { JsonObject } from '../json.ts';
import { ToolInputError } from './rest-tool.ts';

/** A parameter of a tool: what models are told of it and what checks their arguments, made together. */
export interface Parameter<T = unknown> {
  /** As JSON Schema. */
  readonly told: JsonObject;
  /** Made when it is needed: whoever only lists tools does without. */
  readonly check: () => z.ZodMiniType<T>;
  /** What it has to be, for whoever got it wrong. */
  readonly rule: string;
}

export type Parameters = Readonly<Record<string, Parameter>>;

export interface ParametersOfTool {
  readonly parameters: Parameters;
  readonly required: readonly string[];
}

/** The `inputSchema` of the tool's definition. */
export function inputSchema({ parameters, required }: ParametersOfTool): JsonObject {
  const told = Object.entries(parameters).map(([name, parameter]) => [name, parameter.told] as const);
  return {
    type: 'object',
    properties: Object.fromEntries(told),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** What the same parameters accept. */
function argumentsSchema({ parameters, required }: ParametersOfTool) {
  const checks = Object.entries(parameters).map(([name, { check }]) => {
    return [name, required.includes(name) ? check() : z.optional(check())] as const;
  });
  return z.strictObject(Object.fromEntries(checks));
}

/** Refuses arguments that do not fit, naming the first parameter that is wrong and what it has to be. */
export function checkArguments(tool: ParametersOfTool, args: JsonObject): void {
  const [issue] = argumentsSchema(tool).safeParse(args).error?.issues ?? [];
  if (issue === undefined) return;
  const { parameters } = tool;
  if (issue.code === 'unrecognized_keys') {
    const names = Object.keys(parameters).join(', ');
    throw new ToolInputError(`there is no parameter ${JSON.stringify(issue.keys[0])}; there are ${names}`);
  }
  const name = String(issue.path[0]);
  const missing = Object.hasOwn(args, name) ? 'has to be' : 'is required and has to be';
  throw new ToolInputError(`${JSON.stringify(name)} ${missing} ${parameters[name]?.rule ?? 'something else'}`);
}
