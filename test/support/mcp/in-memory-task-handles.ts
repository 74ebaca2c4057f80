import type { TaskHandle, TaskHandleStore } from '../../../lambdas/hub/tasks/task-handle.ts';

/** What the store on DynamoDB does. */
export function inMemoryTaskHandles(now: () => number): TaskHandleStore {
  const kept = new Map<string, TaskHandle>();
  return {
    put: async (handle) => void kept.set(`${handle.tenantId} ${handle.handleId}`, structuredClone(handle)),
    async get(tenantId, handleId) {
      const handle = kept.get(`${tenantId} ${handleId}`);
      return handle === undefined || handle.createdAt + handle.ttlMs < now() ? undefined : structuredClone(handle);
    },
  };
}
