import * as z from 'zod/mini';
import { HubError } from '../../../hub/hub-error.ts';
import type { JsonObject } from '../../../hub/json.ts';
import type { UpstreamAnswer } from '../../../hub/upstreams/upstream.ts';

/** https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/completion */
const MAX_VALUES = 100;
const METHOD_NOT_FOUND = -32_601;

const completionSchema = z.object({
  values: z.array(z.string()),
  total: z.optional(z.number()),
  hasMore: z.optional(z.boolean()),
});

/** The completion in an answer; no values where the server does not know how to complete. */
export async function completionIn(answer: Promise<UpstreamAnswer>): Promise<JsonObject> {
  const settled = await answer.catch(noneIfUnknownMethod);
  const { success, data } = z.safeParse(completionSchema, settled.kind === 'complete' && settled.result['completion']);
  if (!success) throw new HubError('upstream_not_mcp', 'the server answered a completion with something else');
  const hasMore = data.values.length > MAX_VALUES || data.hasMore;
  return {
    values: data.values.slice(0, MAX_VALUES),
    ...(data.total !== undefined && { total: data.total }),
    ...(hasMore !== undefined && { hasMore }),
  };
}

function noneIfUnknownMethod(error: unknown): UpstreamAnswer {
  const unknown = error instanceof HubError && error.details['jsonRpcCode'] === METHOD_NOT_FOUND;
  if (!unknown) throw error;
  return { kind: 'complete', result: { completion: { values: [] } } };
}
