import { exposeDefinition } from './expose-result.ts';
import type { ToolPage } from './list-tools.ts';
import type { ListedTool } from './offered-tools.ts';
import { presentPage } from './present-page.ts';

/** A page of tools as answers show it. */
export function presentToolPage(page: ToolPage): Record<string, unknown> {
  return presentPage('tools', page.tools.map(presentTool), page);
}

/** The server's own definition under the hub's name, with what the hub adds in its own member. */
function presentTool({ server, tool }: ListedTool): Record<string, unknown> {
  return {
    ...exposeDefinition(server.slug, tool.definition),
    name: tool.exposedName,
    hub: { server: server.slug, tool: tool.definition.name, ...tool.metadata, hash: tool.hash },
  };
}
