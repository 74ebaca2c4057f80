import * as z from 'zod/mini';
import { exposeResult } from '../catalog/expose-result.ts';
import { slugOf } from '../catalog/exposed-name.ts';
import type { JsonObject } from '../json.ts';
import { ownMembers } from '../own-members.ts';
import type { TenantId } from '../principal.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { CallDependencies } from './call-tool.ts';
import { completeResult } from './complete-answer.ts';
import { createFindPrompt, type FindPromptDependencies, promptNotFound } from './find-prompt.ts';
import { createGetPrompt } from './get-prompt.ts';

/** Body of `POST /v1/prompts/{name}/get`. */
export const fetchPromptSchema = z.strictObject({
  arguments: z._default(ownMembers(z.record(z.string(), z.string())), {}),
});

export interface FetchPromptDependencies extends CallDependencies, FindPromptDependencies {}

/** Gets a prompt by its exposed name: two reads in parallel, at most one key operation, then the upstream. */
export function createFetchPrompt(dependencies: FetchPromptDependencies) {
  const findPrompt = createFindPrompt(dependencies);
  const getPrompt = createGetPrompt(dependencies);
  return async (
    tenantId: TenantId,
    exposedName: string,
    args: Readonly<Record<string, string>>,
    context: UpstreamContext,
  ): Promise<JsonObject> => {
    const slug = slugOf(exposedName);
    if (slug === undefined) throw promptNotFound(exposedName);
    const callable = await findPrompt(tenantId, slug, exposedName);
    return exposeResult(slug, completeResult(await getPrompt(callable, args, context)));
  };
}
