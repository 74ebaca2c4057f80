import type { TaskState, UpstreamTask } from '../../../lambdas/hub/upstreams/task.ts';
import { HubError } from '../../../lambdas/hub/hub-error.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { ToolCall } from '../../../lambdas/hub/upstreams/upstream.ts';
import type { World } from './simulated-environment.ts';

/** Does something irrevocable: it is what must not happen twice. */
export type TakeEffect = (tenantId: string, call: ToolCall) => JsonObject;

/** The tasks of all simulated servers. They outlive every process of the hub. */
export interface SimulatedTasks {
  /** Answers the id of a task that will do what the call asks for, or fail without having done anything. */
  start(tenantId: string, call: ToolCall): string;
  /** `HubError('upstream_error')` for a task that the server has forgotten. */
  get(tenantId: string, taskId: string): UpstreamTask;
  /** Has an effect only on what has had none. */
  cancel(tenantId: string, taskId: string): void;
}

const LONGEST_MS = 8 * 60_000;

export function simulatedTasks({ time, chance }: World, takeEffect: TakeEffect): SimulatedTasks {
  const states = new Map<string, TaskState<HubError>>();
  const nameOf = (tenantId: string, taskId: string) => `${tenantId} ${taskId}`;
  const failure = new HubError('upstream_error', 'simulated', { details: { jsonRpcCode: -1, jsonRpcMessage: 'no' } });

  return {
    start(tenantId, call) {
      const taskId = Buffer.from(chance.bytes(8)).toString('hex');
      const name = nameOf(tenantId, taskId);
      const end = chance.oneOf(['does', 'does', 'does', 'fails', 'asks'] as const);
      const isForgotten = chance.happens(0.1);
      states.set(name, { status: 'working' });
      time.schedule(chance.between(0, LONGEST_MS), () => {
        if (states.get(name)?.status !== 'working') return;
        if (end === 'does') states.set(name, { status: 'completed', result: takeEffect(tenantId, call) });
        else if (end === 'fails') states.set(name, { status: 'failed', failure });
        else states.set(name, { status: 'input_required', inputRequests: {} });
        if (isForgotten) time.schedule(chance.between(0, 60_000), () => states.delete(name));
      });
      return taskId;
    },

    get(tenantId, taskId) {
      const state = states.get(nameOf(tenantId, taskId));
      if (state === undefined) throw failure;
      if (state.status === 'input_required') throw new HubError('capability_required', 'simulated');
      const basis = { taskId, statusMessage: 'simulated', createdAt: 0, updatedAt: 0, ttlMs: null };
      return { ...basis, pollIntervalMs: undefined, ...state };
    },

    cancel(tenantId, taskId) {
      const name = nameOf(tenantId, taskId);
      const { status } = states.get(name) ?? {};
      const isOpen = status === 'working' || status === 'input_required';
      if (isOpen && chance.happens(0.8)) states.set(name, { status: 'cancelled' });
    },
  };
}
