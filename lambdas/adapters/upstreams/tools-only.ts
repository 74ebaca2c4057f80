import { HubError } from '../../hub/hub-error.ts';
import type { Upstream } from '../../hub/upstreams/upstream.ts';

const noTasks = () => Promise.reject(new HubError('task_not_found', 'the server has no tasks'));

/** An upstream that has tools and nothing else to be asked for. */
export function toolsOnly(callTool: Upstream['callTool']): Upstream {
  return {
    callTool,
    readResource: () => Promise.reject(new HubError('resource_not_found', 'the server has no resources')),
    getPrompt: () => Promise.reject(new HubError('prompt_not_found', 'the server has no prompts')),
    getTask: noTasks,
    updateTask: noTasks,
    cancelTask: noTasks,
    complete: () => Promise.resolve(undefined),
  };
}
