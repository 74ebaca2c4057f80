import { HubError } from '../../../hub/hub-error.ts';
import type { JsonObject } from '../../../hub/json.ts';
import type { GithubTool } from '../../../hub/system/github/github-tool.ts';
import { GITHUB_TOOLS } from '../../../hub/system/github/tools.ts';
import { ToolInputError } from '../../../hub/system/rest-tool.ts';
import type { Upstream } from '../../../hub/upstreams/upstream.ts';
import { toolsOnly } from '../tools-only.ts';
import { askGithub, assertAddressable, type GithubDeps } from './ask-github.ts';

const TOOLS: ReadonlyMap<string, GithubTool> = new Map(GITHUB_TOOLS.map((tool) => [tool.definition.name, tool]));

/**
 * GitHub's REST API through Octokit, for the tools that the code knows. A call is one request, and is never repeated.
 * Nothing of a tenant outlives its call.
 */
export function createGithubUpstream(deps: GithubDeps): Upstream {
  return toolsOnly(async (target, call, context) => {
    const tool = TOOLS.get(call.name);
    if (tool === undefined) {
      const message = 'the server has no tool of this name; list the tools to see which there are';
      throw new HubError('tool_not_found', message);
    }
    let begun = false;
    try {
      const question = { target, context, tool, call: tool.prepare(call.arguments) };
      assertAddressable(question);
      begun = true;
      const { structured, text } = await askGithub(deps, question);
      return { kind: 'complete', result: { content: [{ type: 'text', text }], structuredContent: structured } };
    } catch (error) {
      if (!(error instanceof ToolInputError)) throw error;
      return { kind: 'complete', result: errorResult(error), ...(!begun && { nothingSent: true }) };
    }
  });
}

/** What the caller can mend by other arguments is the tool's own error result. */
function errorResult({ message }: ToolInputError): JsonObject {
  return { content: [{ type: 'text', text: message }], isError: true };
}
