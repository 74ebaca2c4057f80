import type { CallReader } from '../calls/call-reader.ts';
import { type CallDependencies } from '../calls/call-tool.ts';
import { type CallableServer, callableServer } from '../calls/callable-server.ts';
import { createFindTool } from '../calls/find-tool.ts';
import { serverTarget } from '../calls/server-target.ts';
import type { JsonObject } from '../json.ts';
import type { Interaction, UpstreamContext, UpstreamTarget } from '../upstreams/upstream.ts';
import { bridged } from './bridge-task.ts';
import type { TaskQuery, Tasks } from './task.ts';
import { handleIdSchema, type TaskHandle, type TaskHandleStore } from './task-handle.ts';
import { taskNotFound } from './task-refusals.ts';

export interface BridgedTasksDependencies extends CallDependencies {
  readonly handles: Pick<TaskHandleStore, 'get'>;
  /** Each contact with a server is a call of it. */
  readonly calls: CallReader;
}

/** Tasks of servers, asked of them whenever the caller asks. The hub keeps nothing of them but where they are. */
export function createBridgedTasks(dependencies: BridgedTasksDependencies): Tasks {
  const { calls, upstream } = dependencies;
  const findTool = createFindTool({ calls });
  const findServer = async ({ tenantId, slug }: TaskHandle) =>
    callableServer(await calls.readServer(tenantId, slug), taskNotFound);
  const reach = (query: TaskQuery, find: (handle: TaskHandle) => Promise<CallableServer>) =>
    reached(dependencies, query, find);

  return {
    async read(query) {
      const { handle, target, serverName } = await reach(query, findServer);
      const task = await upstream.getTask(target, handle.upstreamTaskId, contextOf(query));
      return { task: bridged(handle, task), slug: handle.slug, serverName };
    },
    /** With what it is told the tool goes on, so that it must still be one that may be called. */
    async update(query) {
      const { handle, target } = await reach(query, ({ tenantId, tool }) => findTool(tenantId, tool));
      const { inputResponses = {} } = query.context.interaction ?? {};
      await upstream.updateTask(target, handle.upstreamTaskId, contextOf(query, inputResponses));
    },
    async cancel(query) {
      const { handle, target } = await reach(query, findServer);
      await upstream.cancelTask(target, handle.upstreamTaskId, contextOf(query));
    },
  };
}

interface Reached {
  readonly handle: TaskHandle;
  readonly target: UpstreamTarget;
  readonly serverName: string;
}

async function reached(
  { handles, box }: BridgedTasksDependencies,
  { principal, taskId, slug }: TaskQuery,
  find: (handle: TaskHandle) => Promise<CallableServer>,
): Promise<Reached> {
  const { data: handleId } = handleIdSchema.safeParse(taskId);
  const handle = handleId && (await handles.get(principal.tenantId, handleId));
  if (handle?.subject !== principal.subject || (slug ?? handle.slug) !== handle.slug) throw taskNotFound();
  const callable = await find(handle);
  if (callable.server.serverId !== handle.serverId) throw taskNotFound();
  return { handle, target: await serverTarget(box, callable), serverName: callable.server.name };
}

/** Nothing of a round of `tools/call` belongs to a task. */
function contextOf({ context }: TaskQuery, inputResponses?: JsonObject): UpstreamContext {
  const { interaction, ...rest } = context;
  if (interaction === undefined) return rest;
  const own: Interaction = { ...interaction, inputResponses, requestState: undefined };
  return { ...rest, interaction: own };
}
