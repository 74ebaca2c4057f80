import * as z from 'zod/mini';
import { exposeResult } from '../catalog/expose-result.ts';
import { ownUri } from '../catalog/exposed-uri.ts';
import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { CallReader } from './call-reader.ts';
import type { CallDependencies } from './call-tool.ts';
import { completeResult } from './complete-answer.ts';
import { createFindServer } from './find-server.ts';
import { createReadResource, uriSchema } from './read-resource.ts';

/** Body of `POST /v1/resources/read`. */
export const fetchResourceSchema = z.strictObject({
  /** As `GET /v1/resources` shows it, or a template of `GET /v1/resource-templates` expands to. */
  uri: uriSchema,
});

export interface FetchResourceDependencies extends CallDependencies {
  readonly calls: Pick<CallReader, 'readServer'>;
}

/** Reads a resource by its exposed URI: one read, at most one key operation, then the upstream. */
export function createFetchResource(dependencies: FetchResourceDependencies) {
  const findServer = createFindServer(dependencies);
  const readResource = createReadResource(dependencies);
  return async (tenantId: TenantId, exposed: string, context: UpstreamContext): Promise<JsonObject> => {
    const own = ownUri(exposed);
    if (own === undefined) throw notOfThisHub(exposed);
    const callable = await findServer(tenantId, own.slug);
    const answer = await readResource(callable, { uri: own.uri, shownUri: exposed }, context);
    return exposeResult(own.slug, completeResult(answer));
  };
}

function notOfThisHub(uri: string): HubError {
  return new HubError(
    'resource_not_found',
    'this uri is none that the hub gives; list the resources to see which there are',
    {
      details: { uri },
    },
  );
}
