import { HubError } from '../../../hub/hub-error.ts';
import type { JsonObject } from '../../../hub/json.ts';
import type { UpstreamAnswer } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';

/** What a result means. https://modelcontextprotocol.io/specification/2026-07-28/basic#result-types */
export function readAnswer({ negotiated }: Connection, result: JsonObject): UpstreamAnswer {
  const { resultType } = result;
  if (negotiated.era === 'legacy' || resultType === 'complete') return { kind: 'complete', result };
  if (resultType === 'input_required') {
    throw new HubError('capability_required', 'the server asks for an interaction that this route cannot offer');
  }
  if (resultType === 'task') {
    throw new HubError('upstream_error', 'the tool asks for an interaction that this route cannot offer');
  }
  throw new HubError('upstream_not_mcp', 'the server answered with a kind of result that the protocol does not know', {
    details: { outcome: 'unknown' },
  });
}
