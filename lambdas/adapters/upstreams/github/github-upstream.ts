import { HubError } from '../../../hub/hub-error.ts';
import type { JsonObject } from '../../../hub/json.ts';
import type { GithubTool, ToolResult } from '../../../hub/system/github/github-tool.ts';
import { GITHUB_TOOLS } from '../../../hub/system/github/tools.ts';
import { ToolInputError } from '../../../hub/system/rest-tool.ts';
import type { ToolCall, Upstream, UpstreamContext, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import { toolsOnly } from '../tools-only.ts';
import { askGithub, type GithubDeps } from './ask-github.ts';

const TOOLS: ReadonlyMap<string, GithubTool> = new Map(GITHUB_TOOLS.map((tool) => [tool.definition.name, tool]));

/**
 * GitHub's REST API through Octokit, for the tools that the code knows. A call is one request, and is never repeated.
 * Nothing of a tenant outlives its call.
 */
export function createGithubUpstream(deps: GithubDeps): Upstream {
  return toolsOnly(async (target, call, context) => ({
    kind: 'complete',
    result: await resultOf(() => callTool(deps, target, call, context)),
  }));
}

async function callTool(
  deps: GithubDeps,
  target: UpstreamTarget,
  { name, arguments: args }: ToolCall,
  context: UpstreamContext,
): Promise<ToolResult> {
  const tool = TOOLS.get(name);
  if (tool === undefined)
    throw new HubError('tool_not_found', 'the server has no tool of this name; list the tools to see which there are');
  return askGithub(deps, { target, context, tool, call: tool.prepare(args) });
}

/** What the caller can mend by other arguments is the tool's own error result. */
async function resultOf(work: () => Promise<ToolResult>): Promise<JsonObject> {
  try {
    const { structured, text } = await work();
    return { content: [{ type: 'text', text }], structuredContent: structured };
  } catch (error) {
    if (!(error instanceof ToolInputError)) throw error;
    return { content: [{ type: 'text', text: error.message }], isError: true };
  }
}
