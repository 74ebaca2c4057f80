import type { UpstreamAnswer, UpstreamContext } from '../upstreams/upstream.ts';
import type { CallDependencies } from './call-tool.ts';
import type { CallablePrompt } from './find-prompt.ts';
import { serverTarget } from './server-target.ts';

/** Gets a prompt of a server. At most one key operation, then the upstream. */
export function createGetPrompt({ box, upstream }: CallDependencies) {
  return async (
    callable: CallablePrompt,
    args: Readonly<Record<string, string>>,
    context: UpstreamContext,
  ): Promise<UpstreamAnswer> => {
    const target = await serverTarget(box, callable);
    return upstream.getPrompt(target, { name: callable.prompt.name, arguments: args }, context);
  };
}
