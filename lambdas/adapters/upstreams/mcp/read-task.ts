import * as z from 'zod/mini';
import { HubError } from '../../../hub/hub-error.ts';
import { isJsonObject, type JsonObject } from '../../../hub/json.ts';
import type { StartedTask, TaskBasis, TaskState, UpstreamTask } from '../../../hub/upstreams/task.ts';
import { taskFailure } from './classify-upstream-error.ts';
import type { Connection } from './connect.ts';
import { type Asked, readInputRequests } from './input-required.ts';

const MAX_MESSAGE_LENGTH = 500;
const MAX_ID_LENGTH = 1024;

const time = z.pipe(
  z.string().check(z.maxLength(64)),
  z.transform((text, { issues, value }) => {
    const epochMs = Date.parse(text);
    if (Number.isNaN(epochMs)) issues.push({ code: 'custom', input: value, message: 'no time' });
    return epochMs;
  }),
);
const basisSchema = z.object({
  taskId: z.string().check(
    z.minLength(1),
    z.maxLength(MAX_ID_LENGTH),
    z.refine((id) => id.isWellFormed()),
  ),
  status: z.enum(['working', 'input_required', 'completed', 'failed', 'cancelled']),
  statusMessage: z.optional(z.string()),
  createdAt: time,
  lastUpdatedAt: time,
  ttlMs: z.nullable(z.int().check(z.minimum(0))),
  pollIntervalMs: z.optional(z.int().check(z.minimum(0))),
});
const errorSchema = z.object({ code: z.int(), message: z.string(), data: z.optional(z.unknown()) });

/** A task in the place of a tool's result: the tool runs. */
export function readStartedTask(result: JsonObject): StartedTask {
  const { success, data } = z.safeParse(basisSchema, result);
  if (!success) throw notMcp({ outcome: 'unknown' });
  return { ...basisOf(data), status: data.status };
}

/** The task of this id as it is now, in the result of `tasks/get`. */
export function readTask(taskId: string) {
  return (_connection: Connection, result: JsonObject, asked: Asked): UpstreamTask => {
    const { success, data } = z.safeParse(basisSchema, result);
    if (!success || data.taskId !== taskId) throw notMcp();
    return { ...basisOf(data), ...stateOf(data.status, result, asked) };
  };
}

/** What is answered to an update or a cancellation is that it arrived. */
export function readAcknowledgement(): void {}

function basisOf({ lastUpdatedAt, statusMessage, ...basis }: z.output<typeof basisSchema>): TaskBasis {
  const { taskId, createdAt, ttlMs, pollIntervalMs } = basis;
  return {
    taskId,
    createdAt,
    ttlMs,
    pollIntervalMs,
    updatedAt: lastUpdatedAt,
    statusMessage: statusMessage?.slice(0, MAX_MESSAGE_LENGTH).toWellFormed(),
  };
}

function stateOf(status: StartedTask['status'], task: JsonObject, asked: Asked): TaskState<HubError> {
  switch (status) {
    case 'working':
    case 'cancelled':
      return { status };
    case 'input_required':
      return { status, inputRequests: readInputRequests(task, asked) };
    case 'completed':
      if (!isJsonObject(task['result'])) throw notMcp();
      return { status, result: task['result'] };
    case 'failed': {
      const { success, data } = z.safeParse(errorSchema, task['error']);
      if (!success) throw notMcp();
      return { status, failure: taskFailure(data, asked.secrets) };
    }
  }
}

function notMcp(details: Readonly<Record<string, unknown>> = {}): HubError {
  return new HubError('upstream_not_mcp', 'the server has tasks in a way that the hub does not pass on', { details });
}
