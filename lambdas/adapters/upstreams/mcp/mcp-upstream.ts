import type { Discoverer, Upstream } from '../../../hub/upstreams/upstream.ts';
import { askUpstream } from './ask-upstream.ts';
import { completionIn } from './complete-argument.ts';
import { createMcpDiscovery } from './mcp-discovery.ts';
import { readAnswer, readCallAnswer } from './read-answer.ts';
import { readAcknowledgement, readTask } from './read-task.ts';
import type { UpstreamUseDeps } from './upstream-use.ts';

/** Speaks MCP to a server, whichever revision and transport it knows, and never outside of the guarded fetch. */
export function createMcpUpstream(deps: UpstreamUseDeps): Upstream & Discoverer {
  return {
    ...createMcpDiscovery(deps),

    callTool: (target, { name, arguments: args, definition }, context) =>
      askUpstream(
        deps,
        { target, context },
        { method: 'tools/call', params: { name, arguments: args }, definition },
        readCallAnswer,
      ),

    readResource: (target, uri, context) =>
      askUpstream(deps, { target, context }, { method: 'resources/read', params: { uri } }, readAnswer),

    getPrompt: (target, { name, arguments: args }, context) =>
      askUpstream(deps, { target, context }, { method: 'prompts/get', params: { name, arguments: args } }, readAnswer),

    getTask: (target, taskId, context) =>
      askUpstream(deps, { target, context }, { method: 'tasks/get', params: { taskId } }, readTask(taskId)),

    updateTask: (target, taskId, context) =>
      askUpstream(deps, { target, context }, { method: 'tasks/update', params: { taskId } }, readAcknowledgement),

    cancelTask: (target, taskId, context) =>
      askUpstream(deps, { target, context }, { method: 'tasks/cancel', params: { taskId } }, readAcknowledgement),

    complete: (target, { ref, argument, context: decided }, context) => {
      const params = { ref, argument, ...(decided && { context: decided }) };
      return completionIn(
        askUpstream(deps, { target, context }, { method: 'completion/complete', params }, readAnswer),
      );
    },
  };
}
