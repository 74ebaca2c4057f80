import { HubError } from '../../../hub/hub-error.ts';
import type { JsonObject } from '../../../hub/json.ts';
import type { CallAnswer, UpstreamAnswer } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';
import { type Asked, readInputRequired } from './input-required.ts';
import { readStartedTask } from './read-task.ts';

/**
 * What a result means. One that does not say is complete, as the official conformance suite has it.
 * https://modelcontextprotocol.io/specification/2026-07-28/basic#result-types
 */
export function readAnswer({ negotiated }: Connection, result: JsonObject, asked: Asked): UpstreamAnswer {
  const { resultType = 'complete' } = result;
  if (negotiated.era === 'legacy' || resultType === 'complete') return { kind: 'complete', result };
  if (resultType === 'input_required') return readInputRequired(result, asked);
  throw new HubError('upstream_not_mcp', 'the server answered with a kind of result that it may not give here', {
    details: { outcome: 'unknown' },
  });
}

/** The same of a call, which may go on as a task where the caller said that it takes one. */
export function readCallAnswer(connection: Connection, result: JsonObject, asked: Asked): CallAnswer {
  const isTask = connection.negotiated.era === 'modern' && result['resultType'] === 'task';
  if (!isTask || asked.interaction?.takesTasks !== true) return readAnswer(connection, result, asked);
  return { kind: 'task', task: readStartedTask(result) };
}
