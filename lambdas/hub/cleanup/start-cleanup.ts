import { CLEANUP_TASKS, type CleanupQueue } from './clean-up.ts';

/** Tells the cleaners of every task. Who starts a second cleanup beside the first has everything looked at twice. */
export function createStartCleanup({ queue }: { readonly queue: CleanupQueue }) {
  return async (): Promise<void> => {
    await Promise.all(CLEANUP_TASKS.map((task) => queue.send({ task })));
  };
}
