import { HubError } from '../../hub/hub-error.ts';
import type { Upstream } from '../../hub/upstreams/upstream.ts';

/** An upstream that has tools and nothing else to be asked for. */
export function toolsOnly(callTool: Upstream['callTool']): Upstream {
  return {
    callTool,
    readResource: () => Promise.reject(new HubError('resource_not_found', 'the server has no resources')),
    getPrompt: () => Promise.reject(new HubError('prompt_not_found', 'the server has no prompts')),
    complete: () => Promise.resolve({ values: [] }),
  };
}
