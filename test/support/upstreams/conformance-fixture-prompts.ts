import { completable, type ContentBlock, type GetPromptResult, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { PNG } from './conformance-fixture-content.ts';

/** Prompts with and without arguments, of every kind of content, and with completion. */
export function offerPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'A prompt without arguments' }, () =>
    fromUser({ type: 'text', text: 'This is a simple prompt for testing.' }),
  );

  const values = ['paris', 'park', 'party', 'test value'];
  const first = completable(z.string().describe('First test argument'), (start) =>
    values.filter((value) => value.startsWith(start)),
  );
  const two = z.object({ arg1: first, arg2: z.string().describe('Second test argument') });
  server.registerPrompt('test_prompt_with_arguments', { description: 'Repeats both', argsSchema: two }, (args) =>
    fromUser({ type: 'text', text: `Prompt with arguments: arg1='${args.arg1}', arg2='${args.arg2}'` }),
  );

  const resource = z.object({ resourceUri: z.string().describe('URI of the resource to embed') });
  const embeds = { description: 'Embeds a resource', argsSchema: resource };
  server.registerPrompt('test_prompt_with_embedded_resource', embeds, ({ resourceUri: uri }) =>
    fromUser(
      { type: 'resource', resource: { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' } },
      { type: 'text', text: 'Please process the embedded resource above.' },
    ),
  );

  server.registerPrompt('test_prompt_with_image', { description: 'Shows an image' }, () =>
    fromUser(
      { type: 'image', data: PNG, mimeType: 'image/png' },
      { type: 'text', text: 'Please analyze the image above.' },
    ),
  );
}

function fromUser(...blocks: ContentBlock[]): GetPromptResult {
  return { messages: blocks.map((content) => ({ role: 'user', content })) };
}
