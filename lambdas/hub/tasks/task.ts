import type { HubError } from '../hub-error.ts';
import type { JobError } from '../jobs/job.ts';
import type { Principal } from '../principal.ts';
import type { TaskBasis, TaskState } from '../upstreams/task.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';

/** A task as the hub gives it to its callers. */
export type Task = TaskBasis & TaskState<HubError | JobError>;

/** Whose task is asked for, and where. A task is its subject's alone. */
export interface TaskQuery {
  readonly principal: Principal;
  readonly taskId: string;
  /** Only a task of this server; undefined for any. */
  readonly slug: string | undefined;
  readonly context: UpstreamContext;
}

/** A task, and the server whose names are in it. */
export interface FoundTask {
  readonly task: Task;
  readonly slug: string;
  /** How the server is called, to those that it asks for something. */
  readonly serverName: string;
}

/** Tasks of one kind. Every operation is `HubError('task_not_found')` for what is not the caller's. */
export interface Tasks {
  read(query: TaskQuery): Promise<FoundTask>;
  /** Hands on what the caller was asked for, which its context has; answers that nobody waits for are ignored. */
  update(query: TaskQuery): Promise<void>;
  /** Asks for its end. What has ended stays as it is. */
  cancel(query: TaskQuery): Promise<void>;
}
