import {
  type ElicitInputParams,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { textResult } from './conformance-fixture-content.ts';

type RequestedSchema = Extract<ElicitInputParams['requestedSchema'], { readonly properties: object }>;

const DEFAULTS: RequestedSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
};

const VALUES = ['option1', 'option2', 'option3'];
const ENUMS: RequestedSchema = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: VALUES },
    titledSingle: { type: 'string', oneOf: titled('Option') },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['Option 1', 'Option 2', 'Option 3'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: VALUES } },
    titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
  },
};

const USER: RequestedSchema = {
  type: 'object',
  properties: {
    username: { type: 'string', description: "User's response" },
    email: { type: 'string', description: "User's email address" },
  },
  required: ['username', 'email'],
};

/** Tools that ask the user or the model before they answer; in sessions of the earlier era the SDK asks for them. */
export function offerElicitations(server: McpServer): void {
  const message = z.object({ message: z.string() });
  server.registerTool('test_elicitation', { description: 'Asks the user', inputSchema: message }, (args, context) =>
    elicit(context, { message: args.message, requestedSchema: USER }),
  );
  const withSchema = { test_elicitation_sep1034_defaults: DEFAULTS, test_elicitation_sep1330_enums: ENUMS };
  for (const [name, requestedSchema] of Object.entries(withSchema)) {
    server.registerTool(name, { description: 'Asks the user for a filled form' }, (context) =>
      elicit(context, { message: 'Please fill in the form', requestedSchema }),
    );
  }
  server.registerTool('test_streaming_elicitation', { description: 'Asks the user to confirm' }, (context) =>
    elicit(context, { message: 'Please confirm', requestedSchema: DEFAULTS }),
  );

  const prompt = z.object({ prompt: z.string() });
  server.registerTool('test_sampling', { description: 'Asks the model', inputSchema: prompt }, (args, context) =>
    sample(context, args.prompt),
  );
  server.registerTool('test_missing_capability', { description: 'Needs a client that samples' }, (context) =>
    sample(context, 'Say hello'),
  );
}

function elicit({ mcpReq }: ServerContext, params: ElicitInputParams) {
  const answer = inputResponse(mcpReq.inputResponses, 'form');
  if (answer.kind !== 'elicit') return inputRequired({ inputRequests: { form: inputRequired.elicit(params) } });
  return textResult(`Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer.content)}`);
}

/** The SDK refuses the call if the client does not declare that it samples. */
function sample({ mcpReq }: ServerContext, text: string) {
  const answer = inputResponse(mcpReq.inputResponses, 'completion');
  if (answer.kind === 'sampling') return textResult(`LLM response: ${JSON.stringify(answer.result.content)}`);
  const question = { role: 'user' as const, content: { type: 'text' as const, text } };
  const completion = inputRequired.createMessage({ messages: [question], maxTokens: 100 });
  return inputRequired({ inputRequests: { completion } });
}

function titled(noun: string) {
  return [1, 2, 3].map((number) => ({ const: `value${number}`, title: `${noun} ${number}` }));
}
