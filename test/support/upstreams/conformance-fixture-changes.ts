import type { McpServer, ServerNotifier } from '@modelcontextprotocol/server';
import { textResult } from './conformance-fixture-content.ts';

/** Tools that tell every subscriber that a list changed. */
export function offerChanges(server: McpServer, notify: ServerNotifier): void {
  server.registerTool('test_trigger_tool_change', { description: 'Tells that the tools changed' }, () => {
    notify.toolsChanged();
    return textResult('told that the tools changed');
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Tells that the prompts changed' }, () => {
    notify.promptsChanged();
    return textResult('told that the prompts changed');
  });
}
