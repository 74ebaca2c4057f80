import type { JsonObject } from '../json.ts';
import type { SecretBox } from '../servers/secret-box.ts';
import type { CallAnswer, Upstream, UpstreamContext } from '../upstreams/upstream.ts';
import type { CallableTool } from './find-tool.ts';
import { serverTarget } from './server-target.ts';

export interface CallDependencies {
  readonly box: SecretBox;
  readonly upstream: Upstream;
}

/** Calls a tool once. At most one key operation, then the upstream. */
export function createCallTool({ box, upstream }: CallDependencies) {
  return async (callable: CallableTool, args: JsonObject, context: UpstreamContext): Promise<CallAnswer> => {
    const { definition } = callable.tool;
    const target = await serverTarget(box, callable);
    return upstream.callTool(target, { name: definition.name, arguments: args, definition }, context);
  };
}
