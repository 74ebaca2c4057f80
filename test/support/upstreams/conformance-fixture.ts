import { randomBytes } from 'node:crypto';
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  createRequestStateCodec,
  McpServer,
  type ServerNotifier,
} from '@modelcontextprotocol/server';
import { offerChanges } from './conformance-fixture-changes.ts';
import { offerContent } from './conformance-fixture-content.ts';
import { offerElicitations } from './conformance-fixture-elicitations.ts';
import { offerInputRequests } from './conformance-fixture-inputs.ts';
import { offerMultiRounds, type RoundState, type RoundStates } from './conformance-fixture-rounds.ts';
import { offerNotices } from './conformance-fixture-notices.ts';
import { offerPrompts } from './conformance-fixture-prompts.ts';
import { offerResources } from './conformance-fixture-resources.ts';
import { offerSchemas } from './conformance-fixture-schemas.ts';
import { isAboutTasks, offerTaskTools, TASK_CAPABILITIES, taskServer } from './conformance-fixture-tasks.ts';
import { type RecordingServer, startRecordingServer } from './recording-server.ts';
import { createTaskBook, type TaskBook } from './task-book.ts';

export interface ConformanceFixture extends RecordingServer {
  readonly url: string;
  readonly tasks: TaskBook;
}

/**
 * The server that the scenarios of the official conformance suite want to find: every tool, resource, template and
 * prompt they call, for both eras, on a free port of 127.0.0.1. Clients before 2026-07-28 are served without sessions.
 */
export async function startConformanceFixture(): Promise<ConformanceFixture> {
  const states = createRequestStateCodec<RoundState>({ key: randomBytes(32) });
  const handler = createMcpHandler(() => serverOf(states, handler.notify));
  const tasks = createTaskBook();
  const handle = toNodeHandler(handler);
  const handleTasks = toNodeHandler(createMcpHandler(() => taskServer(tasks), { legacy: 'reject' }));
  const isLocalHost = localhostHostValidation();
  const isLocalOrigin = localhostOriginValidation();
  const server = await startRecordingServer(async (request, response, body) => {
    if (!isLocalHost(request, response) || !isLocalOrigin(request, response)) return;
    const { method = '', url = '', headers } = request;
    const source = { method, url, headers, [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() };
    await (isAboutTasks(body) ? handleTasks : handle)(source, response, body);
  });
  return {
    ...server,
    url: `${server.origin}/mcp`,
    tasks,
    close: async () => {
      await handler.close();
      await server.close();
    },
  };
}

function serverOf(states: RoundStates, notify: ServerNotifier): McpServer {
  const info = { name: 'conformance-fixture', version: '1.0.0' };
  const server = new McpServer(info, {
    capabilities: { logging: {}, completions: {}, ...TASK_CAPABILITIES },
    instructions: 'Offers what the conformance suite calls.',
    requestState: { verify: states.verify },
  });
  offerContent(server);
  offerSchemas(server);
  offerNotices(server);
  offerElicitations(server);
  offerInputRequests(server);
  offerMultiRounds(server, states);
  offerChanges(server, notify);
  offerResources(server);
  offerPrompts(server);
  offerTaskTools(server);
  return server;
}
