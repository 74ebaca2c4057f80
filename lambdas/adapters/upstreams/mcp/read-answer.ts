import { HubError } from '../../../hub/hub-error.ts';
import type { JsonObject } from '../../../hub/json.ts';
import type { UpstreamAnswer } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';
import { type Asked, readInputRequired } from './input-required.ts';

/**
 * What a result means. One that does not say is complete, as the official conformance suite has it.
 * https://modelcontextprotocol.io/specification/2026-07-28/basic#result-types
 */
export function readAnswer({ negotiated }: Connection, result: JsonObject, asked: Asked): UpstreamAnswer {
  const { resultType = 'complete' } = result;
  if (negotiated.era === 'legacy' || resultType === 'complete') return { kind: 'complete', result };
  if (resultType === 'input_required') return readInputRequired(result, asked);
  if (resultType === 'task') {
    throw new HubError('upstream_error', 'the tool asks for an interaction that the hub cannot offer');
  }
  throw new HubError('upstream_not_mcp', 'the server answered with a kind of result that the protocol does not know', {
    details: { outcome: 'unknown' },
  });
}
