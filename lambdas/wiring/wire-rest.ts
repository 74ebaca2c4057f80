import { createRestUpstream, type RestUpstreamDeps } from '../adapters/upstreams/rest/rest-upstream.ts';
import { isRestServer } from '../hub/system/rest-tool.ts';
import { loadSystemServers } from '../hub/system/system-servers.ts';
import type { Upstream } from '../hub/upstreams/upstream.ts';

/** The way to system servers that are APIs over HTTP. */
export async function wireRest(deps: Omit<RestUpstreamDeps, 'servers'>): Promise<Upstream> {
  const servers = (await loadSystemServers()).filter(isRestServer);
  return createRestUpstream({ ...deps, servers });
}
