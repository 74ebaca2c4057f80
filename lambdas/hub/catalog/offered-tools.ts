import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import type { CatalogTool, ServerCatalog } from './catalog.ts';
import type { CatalogStore } from './catalog-store.ts';
import { type MissingServer, missingServers } from './missing-servers.ts';
import { isToolEnabled, type Permissions } from './permissions.ts';
import type { TenantConfigStore } from './tenant-config.ts';
import { isUsable, wantedServers } from './wanted-servers.ts';

export interface ListedTool {
  readonly server: Server;
  readonly tool: CatalogTool;
}

export interface OfferedTools {
  readonly tools: readonly ListedTool[];
  readonly missing: readonly MissingServer[];
}

export interface OfferedToolsDependencies {
  readonly config: TenantConfigStore;
  readonly catalog: Pick<CatalogStore, 'read'>;
}

/** Every tool that a tenant may call now, of all servers or of one. Two reads in parallel. */
export function createReadOfferedTools({ config, catalog }: OfferedToolsDependencies) {
  return async (tenantId: TenantId, slug?: string): Promise<OfferedTools> => {
    const [{ servers, permissions }, catalogs] = await Promise.all([
      config.read(tenantId),
      catalog.read(tenantId, slug),
    ]);
    const wanted = wantedServers(servers, slug);
    return {
      tools: wanted.filter(isUsable).flatMap((server) => callableTools(server, catalogs, permissions.permissions)),
      missing: missingServers(wanted, (serverId) => catalogs.some(({ head }) => head.serverId === serverId)),
    };
  };
}

function callableTools(
  server: Server,
  catalogs: readonly ServerCatalog[],
  permissions: Permissions,
): readonly ListedTool[] {
  const tools = catalogs.find(({ head }) => head.serverId === server.serverId)?.tools ?? [];
  return tools
    .filter((tool) => tool.state === 'active' && isToolEnabled(permissions, tool.exposedName))
    .map((tool) => ({ server, tool }));
}
