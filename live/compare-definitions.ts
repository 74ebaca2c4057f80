import { isJsonObject } from '../lambdas/hub/json.ts';
import type { SystemServer } from '../lambdas/hub/system/system-server.ts';
import type { Definition } from '../lambdas/hub/upstreams/upstream.ts';
import type { Fact } from './live-service.ts';

/** Whether a server that speaks MCP has the tools that the code says it has, and takes the arguments that it says. */
export function compareDefinitions({ tools }: SystemServer, found: readonly Definition[]): readonly Fact[] {
  return tools.map(({ definition }) => {
    const { name } = definition;
    const theirs = found.find((candidate) => candidate.name === name);
    if (theirs === undefined) return { words: `${name} is there`, holds: false };
    const unknown = argumentsOf(definition).filter((argument) => !argumentsOf(theirs).includes(argument));
    const words = unknown.length === 0 ? `${name} takes what the code says` : `${name} takes ${unknown.join(', ')}`;
    return { words, holds: unknown.length === 0 };
  });
}

function argumentsOf({ inputSchema }: Definition): readonly string[] {
  const properties = isJsonObject(inputSchema) ? inputSchema['properties'] : undefined;
  return isJsonObject(properties) ? Object.keys(properties) : [];
}
