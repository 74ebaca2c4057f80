import * as z from 'zod/mini';
import type { CallableTool, createFindTool } from '../hub/calls/find-tool.ts';
import type { createCallTool } from '../hub/calls/call-tool.ts';
import type { RequestStates } from '../hub/calls/request-state.ts';
import type { createListTools } from '../hub/catalog/list-tools.ts';
import { HubError } from '../hub/hub-error.ts';
import type { CalledAsJob, createCallAsJob } from '../hub/jobs/call-as-job.ts';
import { findOrAwait } from '../hub/jobs/find-or-await.ts';
import { isLong } from '../hub/jobs/is-long.ts';
import { laneOf } from '../hub/jobs/job-lane.ts';
import { isJsonObject, type JsonObject } from '../hub/json.ts';
import type { createBridgeTask } from '../hub/tasks/bridge-task.ts';
import type { createStartTask } from '../hub/tasks/start-task.ts';
import type { StartedTask } from '../hub/upstreams/task.ts';
import type { CallAnswer } from '../hub/upstreams/upstream.ts';
import { converse } from './converse.ts';
import type { Exchange } from './exchange.ts';
import { LIST_FRESHNESS, listParams, type McpMethods, paramsOf } from './method.ts';
import { toolFor } from './present-result.ts';
import { startedTask } from './present-task.ts';
import type { ShownServer } from './shown-server.ts';

export interface ToolMethodDependencies {
  readonly listTools: ReturnType<typeof createListTools>;
  /** As a list would show it; nothing is taken from a limit. */
  readonly describeTool: ReturnType<typeof createFindTool>;
  readonly callTool: ReturnType<typeof createCallTool>;
  /** For tools that only a worker can call. */
  readonly callAsJob: ReturnType<typeof createCallAsJob>;
  readonly startTask: ReturnType<typeof createStartTask>;
  readonly bridgeTask: ReturnType<typeof createBridgeTask>;
  readonly states: RequestStates;
  readonly shown: ShownServer;
}

/** The largest page that listing gives; a tenant with more gets a cursor. */
const PAGE = 1000;

/** As they were parsed: the hub interprets nothing in them. */
const argumentsSchema = z._default(z.custom<JsonObject>(isJsonObject, 'must be an object'), {});
/** Params of `tools/call`, and arguments of the tool that stands for it in search mode. */
export const callParams = z.object({ name: z.string(), arguments: argumentsSchema });

export function toolMethods(deps: ToolMethodDependencies): McpMethods {
  return {
    'tools/list': {
      scope: 'tools:read',
      async handle(params, { principal, names, era }) {
        const { cursor } = paramsOf(listParams, params);
        const query = { server: names.server, limit: PAGE, cursor };
        const page = await deps.listTools(principal.tenantId, query);
        if (page.tools.length === 0) await deps.shown.mustExist(principal.tenantId, names);
        const tools = page.tools.map(({ server, tool }) =>
          toolFor(era, names.show({ slug: server.slug, exposed: tool.exposedName, definition: tool.definition })),
        );
        return { tools, ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }), ...LIST_FRESHNESS };
      },
    },
    'tools/call': {
      scope: 'tools:call',
      async inputSchema(params, basis) {
        const { tool } = await findShown(basis, paramsOf(callParams, params).name);
        return tool.definition['inputSchema'];
      },
      async handle(params, exchange) {
        const { name, arguments: args } = paramsOf(callParams, params);
        return callNamed(deps, exchange, name, args);
      },
    },
  };
}

export type CallDependencies = Pick<
  ToolMethodDependencies,
  'describeTool' | 'callTool' | 'callAsJob' | 'startTask' | 'bridgeTask' | 'states'
>;

/** Calls a tool by the name that the endpoint shows it by. What is long becomes a task, for a client that takes one. */
export async function callNamed(
  { describeTool, callTool, callAsJob, startTask, bridgeTask, states }: CallDependencies,
  exchange: Exchange,
  name: string,
  args: JsonObject,
): Promise<JsonObject> {
  const { names, principal } = exchange;
  const find = () => findShown(exchange, name);
  const describe = () => findShown({ names, findTool: (tool) => describeTool(principal.tenantId, tool) }, name);
  const callable = await (beginsAsTask(exchange) ? findOrAwait({ find, describe }) : find());
  const { server, tool } = callable;
  const call = { tool: tool.exposedName, arguments: args };
  const takesWorker = laneOf(tool.exposedName) === 'browser';
  if ((takesWorker || isLong(tool)) && beginsAsTask(exchange)) {
    // The call is the worker's to make, and to take from the limits.
    const [task] = await Promise.all([startTask(principal, call, exchange.context), callable.giveBack?.()]);
    return startedTask(task);
  }
  const about = {
    server,
    method: 'tools/call',
    name: tool.exposedName,
    arguments: args,
    bridge: async (task: StartedTask) => startedTask(await bridgeTask(principal, callable, task)),
  };
  try {
    return await converse(states, exchange, about, async (context) =>
      takesWorker ? waitedFor(await callAsJob(principal, call, context)) : callTool(callable, args, context),
    );
  } catch (error) {
    if (exchange.era === 'legacy' && isForModernClients(error)) return needsModernClient(name);
    throw error;
  }
}

/** A result, or why it could not be waited for any longer. */
function waitedFor(called: CalledAsJob): CallAnswer {
  if (called.kind === 'result') return { kind: 'complete', result: called.result };
  const { jobId } = called.job;
  throw new HubError('upstream_timeout', `the job ${jobId} goes on; read it with GET /v1/jobs/${jobId}`, {
    details: { outcome: 'unknown', jobId },
  });
}

/** Where a server's own names are shown, two of them may have come to one name of the hub's: only the listed one counts. */
async function findShown(
  { names, findTool }: Pick<Exchange, 'names' | 'findTool'>,
  name: string,
): Promise<CallableTool> {
  const callable = await findTool(names.exposed(name));
  if (names.server === undefined || callable.tool.definition.name === name) return callable;
  throw new HubError('tool_not_found', 'the server has no tool of this name; list the tools to see which there are');
}

/** What a server began by asking goes on as it began. */
function beginsAsTask({ context: { interaction } }: Exchange): boolean {
  const { takesTasks, inputResponses, requestState } = interaction;
  return takesTasks && inputResponses === undefined && requestState === undefined;
}

function isForModernClients(error: unknown): boolean {
  return error instanceof HubError && error.code === 'capability_required';
}

/** Between requests the hub holds no session in which a legacy client could be asked. A model can read this. */
function needsModernClient(name: string): JsonObject {
  const text =
    `The tool "${name}" asks its caller for input while it runs, or goes on as a task. Through this hub that takes a ` +
    'client that speaks revision 2026-07-28 of the Model Context Protocol and declares the capability for it.';
  return { content: [{ type: 'text', text }], isError: true };
}
