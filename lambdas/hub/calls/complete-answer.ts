import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { CallAnswer } from '../upstreams/upstream.ts';

/** The result, for a caller that cannot be asked for anything. */
export function completeResult(answer: CallAnswer): JsonObject {
  if (answer.kind === 'complete') return answer.result;
  throw new HubError('capability_required', 'the server asks for an interaction that this route cannot offer');
}
