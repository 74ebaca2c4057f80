import type { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { InputRequest } from './input-request.ts';

/** By this name clients and servers declare that they know tasks. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** What a task is at the moment; `Failure` says how it failed. */
export type TaskState<Failure> =
  | { readonly status: 'working' }
  | { readonly status: 'input_required'; readonly inputRequests: Readonly<Record<string, InputRequest>> }
  /** The tool's own result, which may say that it failed. */
  | { readonly status: 'completed'; readonly result: JsonObject }
  | { readonly status: 'failed'; readonly failure: Failure }
  | { readonly status: 'cancelled' };

export interface TaskBasis {
  readonly taskId: string;
  readonly statusMessage: string | undefined;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** For so long after its creation it can be asked for; null without end. */
  readonly ttlMs: number | null;
  /** How often it is worth asking. */
  readonly pollIntervalMs: number | undefined;
}

/** A task that a server started in the place of a result, in the server's own words. */
export interface StartedTask extends TaskBasis {
  readonly status: TaskState<never>['status'];
}

/** The same, as it is now. https://modelcontextprotocol.io/seps/2663-tasks-extension */
export type UpstreamTask = TaskBasis & TaskState<HubError>;
