import type { UpstreamTask } from '../upstreams/task.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { CallDependencies } from './call-tool.ts';
import type { CallableServer } from './callable-server.ts';
import { serverTarget } from './server-target.ts';

/** Tasks of a server, by the server's own ids. Each is asked for with at most one key operation, then the upstream. */
export interface ServerTasks {
  get(callable: CallableServer, taskId: string, context: UpstreamContext): Promise<UpstreamTask>;
  cancel(callable: CallableServer, taskId: string, context: UpstreamContext): Promise<void>;
}

export function createServerTasks({ box, upstream }: CallDependencies): ServerTasks {
  return {
    get: async (callable, taskId, context) => upstream.getTask(await serverTarget(box, callable), taskId, context),
    cancel: async (callable, taskId, context) =>
      upstream.cancelTask(await serverTarget(box, callable), taskId, context),
  };
}
