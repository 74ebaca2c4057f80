import { setTimeout as delay } from 'node:timers/promises';
import {
  acceptedContent,
  inputRequired,
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import { textResult } from './conformance-fixture-content.ts';
import { askName, PERSON } from './conformance-fixture-inputs.ts';
import type { TaskBook, Work } from './task-book.ts';

const EXTENSION = 'io.modelcontextprotocol/tasks';
export const TASK_CAPABILITIES = { extensions: { [EXTENSION]: {} } };
const TOOLS: Readonly<Record<string, string>> = {
  greet: 'Greets at once',
  slow_compute: 'Computes for so many seconds',
  failing_job: 'Reports an error, as a task only',
  protocol_error_job: 'Breaks down',
  confirm_delete: 'Asks a person first',
  multi_input: 'Asks a person twice at once',
  test_tool_with_task: 'Asks for a name, and then goes on as a task',
};
const METHODS = ['tasks/get', 'tasks/update', 'tasks/cancel'];

const message = z.object({ method: z.string(), params: z.object({ name: z.string() }).optional().catch(undefined) });
const callParams = z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) });
const taskParams = z.looseObject({ taskId: z.string() });
const envelope = z.looseObject({
  'io.modelcontextprotocol/clientCapabilities': z.looseObject({
    extensions: z.looseObject({ [EXTENSION]: z.looseObject({}) }),
  }),
});

/** Whether a message is for {@link taskServer}. */
export function isAboutTasks(body: unknown): boolean {
  const { data } = message.safeParse(body);
  if (data === undefined) return false;
  const isCall = data.method === 'tools/call' && Object.hasOwn(TOOLS, data.params?.name ?? '');
  return isCall || METHODS.includes(data.method);
}

/** Lists the tools that {@link taskServer} answers for: a server of the SDK's upper level cannot give tasks. */
export function offerTaskTools(server: McpServer): void {
  for (const [name, description] of Object.entries(TOOLS)) {
    server.registerTool(name, { description, inputSchema: z.looseObject({}) }, () => {
      throw new Error('answered by the server for tasks');
    });
  }
}

/** The part of the fixture that has tasks. */
export function taskServer(book: TaskBook): Server {
  const info = { name: 'conformance-fixture', version: '1.0.0' };
  const server = new Server(info, { capabilities: { tools: {}, ...TASK_CAPABILITIES } });
  server.fallbackRequestHandler = async ({ method, params }, ctx) => {
    if (method === 'tools/call') return call(book, params, ctx);
    throw new ProtocolError(-32_601, 'Method not found');
  };
  for (const method of METHODS) {
    server.setRequestHandler(method, { params: taskParams }, ({ taskId }, ctx) => {
      requireTasks(ctx);
      return book.answer(method, taskId, { ...ctx.mcpReq.inputResponses } as JsonObject);
    });
  }
  return server;
}

async function call(book: TaskBook, params: unknown, ctx: ServerContext): Promise<JsonObject> {
  const { name, arguments: args } = callParams.parse(params);
  const run = (work: (work: Work) => Promise<JsonObject>) =>
    declaresTasks(ctx) ? book.start(work) : work({ signal: ctx.mcpReq.signal, ask: nobody, say: () => undefined });
  switch (name) {
    case 'greet':
      return text(`Hello, ${String(args['name'])}!`);
    case 'slow_compute':
      return Number(args['seconds']) === 0 ? text('computed') : run((work) => compute(Number(args['seconds']), work));
    case 'failing_job':
      requireTasks(ctx);
      return run(async () => ({ ...text('it did not work'), isError: true }));
    case 'protocol_error_job':
      return run(() => Promise.reject(new ProtocolError(-32_603, 'broken down')));
    case 'confirm_delete':
      return run(async ({ ask }) => text(JSON.stringify(await ask({ confirm: asked('Delete it?') }))));
    case 'multi_input':
      return run(async ({ ask }) => text(JSON.stringify(await ask({ one: asked('One?'), two: asked('Two?') }))));
    default:
      return withTask(book, ctx);
  }
}

async function compute(seconds: number, { signal, say }: Work): Promise<JsonObject> {
  say(`computes for ${seconds} s`);
  await delay(seconds * 1000, undefined, { signal, ref: false });
  return text(`computed for ${seconds} s`);
}

function withTask(book: TaskBook, ctx: ServerContext): JsonObject {
  requireTasks(ctx);
  const person = acceptedContent(ctx.mcpReq.inputResponses, 'user_name', PERSON);
  if (person === undefined) {
    return json(inputRequired({ inputRequests: { user_name: askName('What is your name?') } }));
  }
  return book.start(async () => text(`Hello, ${person.name}!`));
}

function declaresTasks({ mcpReq }: ServerContext): boolean {
  return envelope.safeParse(mcpReq.envelope).success;
}

function requireTasks(ctx: ServerContext): void {
  if (declaresTasks(ctx)) return;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: TASK_CAPABILITIES });
}

/** Without a task there is nobody to ask, and no answer. */
async function nobody(): Promise<JsonObject> {
  return {};
}

function asked(question: string): JsonObject {
  return json(inputRequired.elicit({ message: question, requestedSchema: z.object({ confirm: z.boolean() }) }));
}

const text = (value: string): JsonObject => json(textResult(value));

function json(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
