import { setTimeout as delay } from 'node:timers/promises';
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { textResult } from './conformance-fixture-content.ts';

const BETWEEN_NOTICES_MS = 50;
const LOG_LINES = ['Tool execution started', 'Tool processing data', 'Tool execution completed'];

/** Tools that tell how far they are, or log, while they run. */
export function offerNotices(server: McpServer): void {
  const quick = { description: 'Reports progress if the caller asks for it' };
  server.registerTool('test_tool_with_progress', quick, async (context) => {
    await reportProgress(context);
    return textResult('reported progress');
  });
  for (const name of ['test_tool_with_logging', 'test_logging_tool']) {
    server.registerTool(name, { description: 'Logs three lines' }, async ({ mcpReq }) => {
      for (const line of LOG_LINES) {
        await mcpReq.log('info', line);
        await delay(BETWEEN_NOTICES_MS);
      }
      return textResult('logged');
    });
  }
}

async function reportProgress({ mcpReq }: ServerContext): Promise<void> {
  const progressToken = mcpReq._meta?.progressToken;
  for (const progress of [0, 50, 100]) {
    if (progressToken !== undefined) {
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
    }
    await delay(BETWEEN_NOTICES_MS);
  }
}
