import * as z from 'zod/mini';
import type { createFindServer } from '../hub/calls/find-server.ts';
import { type createReadResource, uriSchema } from '../hub/calls/read-resource.ts';
import type { RequestStates } from '../hub/calls/request-state.ts';
import type { createListResources, createListResourceTemplates } from '../hub/catalog/list-resources.ts';
import type { JsonObject } from '../hub/json.ts';
import { converse } from './converse.ts';
import type { Exchange } from './exchange.ts';
import { LIST_FRESHNESS, listParams, type McpMethod, type McpMethods, paramsOf } from './method.ts';
import type { ShownServer } from './shown-server.ts';

export interface ResourceMethodDependencies {
  readonly listResources: ReturnType<typeof createListResources>;
  readonly listResourceTemplates: ReturnType<typeof createListResourceTemplates>;
  readonly findServer: ReturnType<typeof createFindServer>;
  readonly readResource: ReturnType<typeof createReadResource>;
  readonly states: RequestStates;
  readonly shown: ShownServer;
}

const PAGE = 1000;

const readParams = z.object({ uri: uriSchema });

export function resourceMethods(deps: ResourceMethodDependencies): McpMethods {
  const { listResources, listResourceTemplates, shown } = deps;
  return {
    'resources/list': listing(listResources, shown, 'resources', 'uri'),
    'resources/templates/list': listing(listResourceTemplates, shown, 'resourceTemplates', 'uriTemplate'),
    'resources/read': {
      scope: 'tools:call',
      handle: (params, exchange) => read(deps, exchange, paramsOf(readParams, params).uri),
    },
  };
}

function listing(
  list: ResourceMethodDependencies['listResources'],
  shown: ShownServer,
  member: 'resources' | 'resourceTemplates',
  key: 'uri' | 'uriTemplate',
): McpMethod {
  return {
    scope: 'tools:read',
    async handle(params, { principal, names }) {
      const { cursor } = paramsOf(listParams, params);
      const page = await list(principal.tenantId, { server: names.server, limit: PAGE, cursor });
      if (page.items.length === 0) await shown.mustExist(principal.tenantId, names);
      const items = page.items.map(({ server, exposed, definition }) =>
        names.showUri({ slug: server.slug, exposed, definition }, key),
      );
      return {
        [member]: items,
        ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
        ...LIST_FRESHNESS,
      };
    },
  };
}

async function read(
  { findServer, readResource, states }: ResourceMethodDependencies,
  exchange: Exchange,
  shownUri: string,
): Promise<JsonObject> {
  const { principal, names } = exchange;
  const { slug, uri } = names.locate(shownUri);
  const found = await findServer(principal.tenantId, slug);
  const about = { server: found.server, method: 'resources/read', name: shownUri, arguments: {} };
  let ttlMs = 0;
  const result = await converse(states, exchange, about, async (context) => {
    const answer = await readResource(found, { uri, shownUri }, context);
    if (answer.kind === 'complete') ttlMs = freshness(answer.result);
    return answer;
  });
  return result['resultType'] === 'input_required' ? result : { ...result, ttlMs, cacheScope: 'private' };
}

/** As its server says, and no longer than the hub's own lists. */
function freshness({ ttlMs }: JsonObject): number {
  return typeof ttlMs === 'number' && ttlMs > 0 ? Math.min(Math.floor(ttlMs), LIST_FRESHNESS.ttlMs) : 0;
}
