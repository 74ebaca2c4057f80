import { setTimeout as delay } from 'node:timers/promises';
import type { Client, JSONRPCMessage } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { type Connecting, connectClient } from './mcp-client.ts';
import type { TestHub } from './test-hub.ts';

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const CARRIED = 'nexus-hub-test/task';
const ENDED = ['completed', 'failed', 'cancelled'];

type Shape = Readonly<Record<string, unknown>>;

/** The current SDK's client, which declares the extension for tasks and is taught what it does not know: their result. */
export interface TaskClient {
  readonly client: Client;
  /** A task, or the result. */
  call(name: string, args?: Shape, more?: Shape): Promise<Shape>;
  get(taskId: unknown): Promise<Shape>;
  update(taskId: unknown, inputResponses: Shape): Promise<Shape>;
  cancel(taskId: unknown): Promise<Shape>;
  /** Asks for the task until it has one of these statuses; without any, until it has ended. */
  until(taskId: unknown, ...statuses: readonly string[]): Promise<Shape>;
}

export async function connectTaskClient(
  hub: TestHub,
  { options = {}, ...connecting }: Connecting = {},
): Promise<TaskClient> {
  const capabilities = { ...TASKS, ...options.capabilities };
  const client = await connectClient(hub, { ...connecting, options: { ...options, capabilities } });
  teach(client);
  const request = (method: string, params: Shape): Promise<Shape> =>
    client.request({ method, params: { ...params } }, z.looseObject({}));
  const get = (taskId: unknown) => request('tasks/get', { taskId });
  return {
    client,
    async call(name, args = {}, more = {}) {
      const { _meta, ...result } = await client.callTool({ name, arguments: { ...args }, ...more });
      return z.looseObject({}).safeParse(_meta?.[CARRIED]).data ?? result;
    },
    get,
    update: (taskId, inputResponses) => request('tasks/update', { taskId, inputResponses }),
    cancel: (taskId) => request('tasks/cancel', { taskId }),
    async until(taskId, ...statuses) {
      const wanted = statuses.length === 0 ? ENDED : statuses;
      for (let tries = 0; tries < 300; tries++) {
        const task = await get(taskId);
        if (wanted.includes(String(task['status']))) return task;
        await delay(50);
      }
      throw new Error(`the task stands still: ${JSON.stringify(await get(taskId))}`);
    },
  };
}

function teach({ transport }: Client): void {
  if (transport === undefined) throw new Error('a connected client has a transport');
  const deliver = transport.onmessage;
  transport.onmessage = (message, extra) => deliver?.(carried(message), extra);
}

function carried<T extends JSONRPCMessage>(message: T): T {
  if (!('result' in message) || message.result['resultType'] !== 'task') return message;
  return { ...message, result: { resultType: 'complete', content: [], _meta: { [CARRIED]: message.result } } };
}
