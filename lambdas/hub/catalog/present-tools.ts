import type { ListedTool, ToolPage } from './list-tools.ts';

/** A page of tools as answers show it. */
export function presentToolPage({ tools, nextCursor, missing }: ToolPage): Record<string, unknown> {
  return {
    tools: tools.map(presentTool),
    ...(nextCursor === undefined ? {} : { nextCursor }),
    partial: missing.length > 0,
    ...(missing.length === 0 ? {} : { missing }),
  };
}

/** The server's own definition under the hub's name, with what the hub adds in its own member. */
function presentTool({ server, tool }: ListedTool): Record<string, unknown> {
  return {
    ...tool.definition,
    name: tool.exposedName,
    hub: { server: server.slug, tool: tool.definition.name, ...tool.metadata, hash: tool.hash },
  };
}
