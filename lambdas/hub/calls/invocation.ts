import * as z from 'zod/mini';
import { exposeResult } from '../catalog/expose-result.ts';
import type { JsonObject } from '../json.ts';
import type { CallAnswer } from '../upstreams/upstream.ts';
import { completeResult } from './complete-answer.ts';
import type { CallableTool } from './find-tool.ts';

/** Body of `POST /v1/tools/{name}/invoke`. */
export const invokeSchema = z.strictObject({
  /** As they were parsed: the hub interprets nothing in them, so nothing in them is rebuilt. */
  arguments: z._default(
    z.custom<JsonObject>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'must be an object',
    ),
    {},
  ),
  /** `async` answers with a job at once, `sync` waits for the result, and `auto` does what fits the tool. */
  mode: z._default(z.enum(['auto', 'sync', 'async']), 'auto'),
});
export type Invocation = z.infer<typeof invokeSchema>;

/** What a caller that waits gets: the tool's own result under the hub's names. */
export function exposedResult({ server }: Pick<CallableTool, 'server'>, answer: CallAnswer): JsonObject {
  return exposeResult(server.slug, completeResult(answer));
}
