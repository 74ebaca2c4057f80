import * as z from 'zod/mini';
import { exposeResult } from '../catalog/expose-result.ts';
import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { CallReader } from './call-reader.ts';
import { type CallDependencies, createCallTool } from './call-tool.ts';
import { completeResult } from './complete-answer.ts';
import { createFindTool } from './find-tool.ts';

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
  /** `async` answers with a job at once; the others wait for the result. */
  mode: z._default(z.enum(['auto', 'sync', 'async']), 'auto'),
});
export type Invocation = z.infer<typeof invokeSchema>;

export interface InvokeToolDependencies extends CallDependencies {
  readonly calls: CallReader;
}

/** Calls a tool by its exposed name and waits for the result: one read, at most one key operation, then the upstream. */
export function createInvokeTool(dependencies: InvokeToolDependencies) {
  const findTool = createFindTool(dependencies);
  const callTool = createCallTool(dependencies);
  return async (
    tenantId: TenantId,
    exposedName: string,
    args: JsonObject,
    context: UpstreamContext,
  ): Promise<JsonObject> => {
    const callable = await findTool(tenantId, exposedName);
    return exposeResult(callable.server.slug, completeResult(await callTool(callable, args, context)));
  };
}
