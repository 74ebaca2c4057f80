import type { JsonObject } from '../hub/json.ts';
import type { FoundTask, Task } from '../hub/tasks/task.ts';
import { labelled } from './converse.ts';
import type { Exchange } from './exchange.ts';
import { taskError } from './json-rpc-error.ts';
import { presentResult } from './present-result.ts';

type Shown = Pick<Task, 'taskId' | 'status' | 'statusMessage' | 'createdAt' | 'updatedAt' | 'ttlMs' | 'pollIntervalMs'>;

/** A task in the place of a tool's result. What is more to say of it is said when it is asked for. */
export function startedTask(task: Shown): JsonObject {
  return { resultType: 'task', ...basisOf(task) };
}

/** A task as it is now, with what belongs to its status. */
export function detailedTask({ task, slug, serverName }: FoundTask, { names, era }: Exchange): JsonObject {
  const basis = basisOf(task);
  switch (task.status) {
    case 'input_required':
      return { ...basis, inputRequests: labelled(serverName, task.inputRequests) };
    case 'completed':
      // A result of this revision says what it is, within a task too; at the top the SDK says it.
      return { ...basis, result: { resultType: 'complete', ...presentResult(names.result(slug, task.result), era) } };
    case 'failed':
      return { ...basis, error: taskError(task.failure) };
    case 'working':
    case 'cancelled':
      return basis;
  }
}

function basisOf({ taskId, status, statusMessage, createdAt, updatedAt, ttlMs, pollIntervalMs }: Shown): JsonObject {
  return {
    taskId,
    status,
    ...(statusMessage !== undefined && { statusMessage }),
    createdAt: new Date(createdAt).toISOString(),
    lastUpdatedAt: new Date(updatedAt).toISOString(),
    ttlMs,
    ...(pollIntervalMs !== undefined && { pollIntervalMs }),
  };
}
