import type { RequestOptions, Tool } from '@modelcontextprotocol/client';
import { HubError } from '../../../hub/hub-error.ts';
import type { JsonObject } from '../../../hub/json.ts';
import type { Definition, ToolCall } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';
import { isJsonObject, rawResult } from './raw-result.ts';

/** Sends the call once and returns the upstream's own result. */
export async function callTool(
  { client, negotiated }: Connection,
  call: ToolCall,
  options: RequestOptions,
): Promise<JsonObject> {
  const toolDefinition = mirroredDefinition(call.definition);
  const params = { name: call.name, arguments: { ...call.arguments } };
  const result = rawResult(await client.callTool(params, { ...options, toolDefinition }));
  if (negotiated.era === 'modern') requireComplete(result);
  return result;
}

/**
 * What the SDK needs to mirror annotated arguments into headers. Given a definition, it never lists and calls again
 * after a header mismatch; without the output schema it does not judge the result.
 */
function mirroredDefinition({ name, inputSchema }: Definition): Tool {
  return { name, inputSchema: isJsonObject(inputSchema) ? { ...inputSchema, type: 'object' } : { type: 'object' } };
}

/** https://modelcontextprotocol.io/specification/2026-07-28/basic#result-types */
function requireComplete({ resultType }: JsonObject): void {
  if (resultType === 'complete') return;
  if (resultType === 'input_required' || resultType === 'task') {
    throw new HubError('upstream_error', 'the tool asks for an interaction that this route cannot offer');
  }
  throw new HubError('upstream_not_mcp', 'the server answered with a kind of result that the protocol does not know', {
    details: { outcome: 'unknown' },
  });
}
