import type { RequestOptions, Tool } from '@modelcontextprotocol/client';
import * as z from 'zod/mini';
import { isJsonObject, type JsonObject } from '../../../hub/json.ts';
import type { Definition, UpstreamContext } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';
import { rawResult } from './raw-result.ts';
import { requestMeta } from './request-meta.ts';

/** What an upstream is asked, in its own names. */
export type Question =
  | {
      readonly method: 'tools/call';
      readonly params: { readonly name: string; readonly arguments: JsonObject };
      readonly definition: Definition;
    }
  | {
      readonly method:
        'resources/read' | 'prompts/get' | 'completion/complete' | 'tasks/get' | 'tasks/update' | 'tasks/cancel';
      readonly params: JsonObject;
    };

/** Sends the question once and returns the upstream's own result. */
export async function sendQuestion(
  connection: Connection,
  question: Question,
  context: UpstreamContext,
  options: RequestOptions,
): Promise<JsonObject> {
  const { client } = connection;
  const { method } = question;
  const more = { ...nextRound(connection, context), _meta: requestMeta(connection, context) };
  if (method !== 'tools/call') {
    const params = { ...question.params, ...more };
    return rawResult(await client.request({ method, params }, z.looseObject({}), options));
  }
  const { name, arguments: args } = question.params;
  const toolDefinition = mirroredDefinition(question.definition);
  return rawResult(await client.callTool({ name, arguments: { ...args }, ...more }, { ...options, toolDefinition }));
}

/** What the caller answers to what the server asked in the round before. Only modern servers ask. */
function nextRound({ negotiated }: Connection, { interaction }: UpstreamContext): JsonObject {
  if (negotiated.era === 'legacy') return {};
  const { inputResponses, requestState } = interaction ?? {};
  return { ...(inputResponses && { inputResponses }), ...(requestState !== undefined && { requestState }) };
}

/**
 * What the SDK needs to mirror annotated arguments into headers. Given a definition, it never lists and calls again
 * after a header mismatch; without the output schema it does not judge the result.
 */
function mirroredDefinition({ name, inputSchema }: Definition): Tool {
  return { name, inputSchema: isJsonObject(inputSchema) ? { ...inputSchema, type: 'object' } : { type: 'object' } };
}
