import type { TaskQuery, Tasks } from './task.ts';
import { handleIdSchema } from './task-handle.ts';

/** Tasks over jobs and those of servers. The id tells which, so that nothing is looked for twice. */
export function createAllTasks({ jobs, bridged }: { readonly jobs: Tasks; readonly bridged: Tasks }): Tasks {
  const those = ({ taskId }: TaskQuery) => (handleIdSchema.safeParse(taskId).success ? bridged : jobs);
  return {
    read: (query) => those(query).read(query),
    update: (query) => those(query).update(query),
    cancel: (query) => those(query).cancel(query),
  };
}
