import * as z from 'zod/mini';
import { HubError } from '../hub/hub-error.ts';
import type { JsonObject } from '../hub/json.ts';
import type { TaskQuery, Tasks } from '../hub/tasks/task.ts';
import { TASKS_EXTENSION } from '../hub/upstreams/task.ts';
import type { Exchange } from './exchange.ts';
import { type McpMethod, type McpMethods, paramsOf } from './method.ts';
import { detailedTask } from './present-task.ts';

export interface TaskMethodDependencies {
  readonly tasks: Tasks;
}

const taskParams = z.object({ taskId: z.string().check(z.maxLength(256)) });

/** An acknowledgement says nothing of the task: that is seen when it is asked for. */
const DONE = {};

/** The methods of the extension for tasks, for clients that declare it with each request. */
export function taskMethods({ tasks }: TaskMethodDependencies): McpMethods {
  return {
    'tasks/get': method(async (query, exchange) => detailedTask(await tasks.read(query), exchange)),
    'tasks/update': method(async (query) => {
      await tasks.update(query);
      return DONE;
    }),
    'tasks/cancel': method(async (query) => {
      await tasks.cancel(query);
      return DONE;
    }),
  };
}

function method(answer: (query: TaskQuery, exchange: Exchange) => Promise<JsonObject>): McpMethod {
  return {
    scope: 'tools:call',
    extension: true,
    async handle(params, exchange) {
      requireExtension(exchange);
      const { principal, names, context } = exchange;
      const { taskId } = paramsOf(taskParams, params);
      return answer({ principal, taskId, slug: names.server, context }, exchange);
    },
  };
}

function requireExtension({ context }: Exchange): void {
  if (context.interaction.takesTasks) return;
  throw new HubError('capability_required', 'declare the extension for tasks with each request that is about one', {
    details: { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } },
  });
}
