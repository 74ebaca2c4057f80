import type { JsonObject } from '../json.ts';
import type { CompletionRequest, UpstreamContext } from '../upstreams/upstream.ts';
import type { CallDependencies } from './call-tool.ts';
import type { CallableServer } from './callable-server.ts';
import { serverTarget } from './server-target.ts';

/** Completes an argument of a server's prompt or resource template, which are named as the server does. */
export function createCompleteArgument({ box, upstream }: CallDependencies) {
  return async (
    callable: CallableServer,
    request: CompletionRequest,
    context: UpstreamContext,
  ): Promise<JsonObject> => {
    const target = await serverTarget(box, callable);
    return { completion: (await upstream.complete(target, request, context)) ?? { values: [] } };
  };
}
