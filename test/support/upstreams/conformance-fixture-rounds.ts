import {
  acceptedContent,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { textResult } from './conformance-fixture-content.ts';
import { askModel, askName, PERSON } from './conformance-fixture-inputs.ts';

/** What a tool remembers in the client between two rounds. */
export interface RoundState {
  readonly tool: string;
  readonly round: number;
}
export type RoundStates = RequestStateCodec<RoundState>;

const CONFIRMATION = z.object({ ok: z.boolean() });
const COLOR = z.object({ color: z.string() });

/** Tools that carry signed state through the client; the server refuses state that it did not sign. */
export function offerMultiRounds(server: McpServer, states: RoundStates): void {
  offerConfirmations(server, states);
  offerSteps(server, states);

  const every = 'test_input_required_result_multiple_inputs';
  server.registerTool(every, { description: 'Asks for everything at once' }, async ({ mcpReq }) => {
    const answers = ['user_name', 'greeting', 'client_roots'].map((key) => inputResponse(mcpReq.inputResponses, key));
    if (isRound(mcpReq.requestState(), every, 1) && answers.every(({ kind }) => kind !== 'missing')) {
      return textResult('all answers arrived');
    }
    return inputRequired({
      inputRequests: {
        user_name: askName('What is your name?'),
        greeting: askModel('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await states.mint({ tool: every, round: 1 }),
    });
  });
}

function offerConfirmations(server: McpServer, states: RoundStates): void {
  for (const tool of ['test_input_required_result_request_state', 'test_input_required_result_tampered_state']) {
    server.registerTool(tool, { description: 'Asks to confirm, with state' }, async ({ mcpReq }) => {
      const confirmed = acceptedContent(mcpReq.inputResponses, 'confirm', CONFIRMATION);
      if (confirmed !== undefined && isRound(mcpReq.requestState(), tool, 1)) return textResult('state-ok');
      const confirm = inputRequired.elicit({ message: 'Please confirm', requestedSchema: CONFIRMATION });
      return inputRequired({ inputRequests: { confirm }, requestState: await states.mint({ tool, round: 1 }) });
    });
  }
}

function offerSteps(server: McpServer, states: RoundStates): void {
  const tool = 'test_input_required_result_multi_round';
  server.registerTool(tool, { description: 'Asks twice, one after the other' }, async ({ mcpReq }) => {
    const color = acceptedContent(mcpReq.inputResponses, 'step2', COLOR)?.color;
    if (color !== undefined && isRound(mcpReq.requestState(), tool, 2)) return textResult(`The color is ${color}.`);

    const name = acceptedContent(mcpReq.inputResponses, 'step1', PERSON)?.name;
    if (name !== undefined && isRound(mcpReq.requestState(), tool, 1)) {
      const message = 'Step 2: What is your favorite color?';
      const step2 = inputRequired.elicit({ message, requestedSchema: COLOR });
      return inputRequired({ inputRequests: { step2 }, requestState: await states.mint({ tool, round: 2 }) });
    }
    const step1 = askName('Step 1: What is your name?');
    return inputRequired({ inputRequests: { step1 }, requestState: await states.mint({ tool, round: 1 }) });
  });
}

/** Whether state that was verified already belongs to this round of this tool. */
function isRound(state: unknown, tool: string, round: number): boolean {
  return typeof state === 'object' && state !== null && 'tool' in state && 'round' in state
    ? state.tool === tool && state.round === round
    : false;
}
