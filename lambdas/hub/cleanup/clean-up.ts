import type { Deadline } from '../deadline.ts';

/** Independent of each other: what holds up one holds up no other. */
export const CLEANUP_TASKS = ['jobs', 'catalogs', 'results'] as const;
export type CleanupTask = (typeof CLEANUP_TASKS)[number];

/** A part of a cleanup: a task, from where it is to go on. */
export interface CleanupStep {
  readonly task: CleanupTask;
  /** Undefined at the beginning. */
  readonly cursor?: string | undefined;
}

/** Tells the cleaners. `HubError('unavailable')` when it cannot. */
export interface CleanupQueue {
  send(step: CleanupStep): Promise<void>;
}

export interface CleanupReport {
  /** What was done, as the metrics that operators watch. */
  readonly counts: Readonly<Record<string, number>>;
  /** There was no time for all. */
  readonly rest: { readonly cursor: string | undefined } | undefined;
}

/** Does what it has time for. To do it twice, or twice at once, changes nothing more. */
export type CleanUpTask = (cursor: string | undefined, deadline: Deadline) => Promise<CleanupReport>;

export interface CleanUpDependencies {
  readonly tasks: Readonly<Record<CleanupTask, CleanUpTask>>;
  readonly queue: CleanupQueue;
}

/**
 * Takes one step, and leaves the rest to a next one. The step's message is only gone after that of the next is there, so
 * that whatever stops in between is taken up again.
 */
export function createCleanUp({ tasks, queue }: CleanUpDependencies) {
  return async ({ task, cursor }: CleanupStep, deadline: Deadline): Promise<CleanupReport> => {
    const report = await tasks[task](cursor, deadline);
    if (report.rest !== undefined) await queue.send({ task, cursor: report.rest.cursor });
    return report;
  };
}
