import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  type InputRequests,
  inputResponse,
  type McpServer,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { textResult } from './conformance-fixture-content.ts';

export const PERSON = z.object({ name: z.string() });
const CONTEXT = z.object({ context: z.string() });
const ENVELOPE = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({ elicitation: z.object({}).optional(), sampling: z.object({}).optional() }),
});

/** One round of questions each, of every kind (basic/patterns/mrtr of revision 2026-07-28). */
export function offerInputRequests(server: McpServer): void {
  const asks = (what: string) => ({ description: `Asks for ${what} before it answers` });

  server.registerTool('test_input_required_result_elicitation', asks('a name'), ({ mcpReq }) => {
    const person = acceptedContent(mcpReq.inputResponses, 'user_name', PERSON);
    if (person !== undefined) return textResult(`Hello, ${person.name}!`);
    return inputRequired({ inputRequests: { user_name: askName('What is your name?') } });
  });

  server.registerTool('test_input_required_result_sampling', asks('a completion'), ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'capital_question');
    if (answer.kind === 'sampling') return textResult(JSON.stringify(answer.result.content));
    return inputRequired({ inputRequests: { capital_question: askModel('What is the capital of France?', 100) } });
  });

  server.registerTool('test_input_required_result_list_roots', asks('the roots'), ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'client_roots');
    if (answer.kind === 'roots') return textResult(answer.roots.map(({ uri }) => uri).join(', '));
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });

  server.registerTool('test_input_required_result_capabilities', asks('what the client can give'), ({ mcpReq }) => {
    const { elicitation, sampling } = ENVELOPE.parse(mcpReq.envelope)[CLIENT_CAPABILITIES_META_KEY];
    const inputRequests: InputRequests = {
      ...(elicitation && { user_name: askName('What is your name?') }),
      ...(sampling && { capital_question: askModel('What is the capital of France?', 100) }),
    };
    return mcpReq.inputResponses === undefined ? inputRequired({ inputRequests }) : textResult('answered');
  });

  const prompt = { description: 'A prompt that asks for its context first' };
  server.registerPrompt('test_input_required_result_prompt', prompt, ({ mcpReq }) => {
    const given = acceptedContent(mcpReq.inputResponses, 'user_context', CONTEXT);
    const message = 'What context should the prompt use?';
    if (given !== undefined) {
      return { messages: [{ role: 'user', content: { type: 'text', text: `Use this context: ${given.context}` } }] };
    }
    const user_context = inputRequired.elicit({ message, requestedSchema: CONTEXT });
    return inputRequired({ inputRequests: { user_context } });
  });
}

export function askName(message: string) {
  return inputRequired.elicit({ message, requestedSchema: PERSON });
}

export function askModel(text: string, maxTokens: number) {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });
}
