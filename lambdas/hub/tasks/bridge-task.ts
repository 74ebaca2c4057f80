import type { CallableTool } from '../calls/find-tool.ts';
import { HubError } from '../hub-error.ts';
import type { Principal } from '../principal.ts';
import type { StartedTask } from '../upstreams/task.ts';
import type { HandleId, TaskHandle, TaskHandleStore } from './task-handle.ts';

export interface BridgeTaskDependencies {
  readonly handles: Pick<TaskHandleStore, 'put'>;
  readonly newHandleId: () => HandleId;
  readonly now: () => number;
  /** The longest that a task can be asked for. */
  readonly retentionMs: number;
}

/** A server's poll interval may be anything, and each poll is a call of it. */
const MIN_POLL_MS = 1_000;
const USUAL_POLL_MS = 2_000;

/** Takes over a task that a server started for a call: under an id of the hub's, which leads to it from then on. */
export function createBridgeTask({ handles, newHandleId, now, retentionMs }: BridgeTaskDependencies) {
  return async (
    { tenantId, subject }: Principal,
    { server, tool }: CallableTool,
    task: StartedTask,
  ): Promise<StartedTask> => {
    const { slug, serverId } = server;
    const handle: TaskHandle = {
      tenantId,
      handleId: newHandleId(),
      subject,
      slug,
      serverId,
      upstreamTaskId: task.taskId,
      tool: tool.exposedName,
      ttlMs: Math.min(task.ttlMs ?? retentionMs, retentionMs),
      createdAt: now(),
    };
    await handles.put(handle).catch(notNoted);
    return bridged(handle, task);
  };
}

/** A server's task as the hub's. It is kept for no longer than the server does, nor than the hub. */
export function bridged<T extends StartedTask>({ handleId, ttlMs }: TaskHandle, task: T): T {
  return {
    ...task,
    taskId: handleId,
    ttlMs: Math.min(task.ttlMs ?? ttlMs, ttlMs),
    pollIntervalMs: Math.max(task.pollIntervalMs ?? USUAL_POLL_MS, MIN_POLL_MS),
  };
}

function notNoted(cause: unknown): never {
  throw new HubError('unavailable', 'the server started a task that the hub could not take over; check the server', {
    cause,
    details: { outcome: 'unknown' },
  });
}
