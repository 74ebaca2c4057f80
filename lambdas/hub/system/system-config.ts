import type { StoredTenantConfigStore, TenantConfigStore } from '../catalog/tenant-config.ts';
import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import type { OwnCredential, SystemState } from './system-rows.ts';
import type { SystemServer } from './system-server.ts';
import { loadSystemServers } from './system-servers.ts';
import { tenantSystemServer } from './tenant-system-server.ts';

export interface SystemConfigDependencies {
  readonly config: StoredTenantConfigStore;
  /** The rows of all system servers; those of a moment ago will do for lists. */
  readonly states: () => Promise<readonly SystemState[]>;
}

/** What a tenant has configured, and with it the servers that it has without registering them. Both reads in parallel. */
export function createSystemConfig({ config, states }: SystemConfigDependencies): TenantConfigStore {
  return {
    ...config,
    async read(tenantId) {
      const [stored, known, all] = await Promise.all([config.read(tenantId), states(), loadSystemServers()]);
      const { servers, permissions, ownCredentials } = stored;
      return {
        servers: [...servers, ...systemServers(tenantId, all, { servers, ownCredentials, known })],
        permissions,
      };
    },
  };
}

interface Found {
  readonly servers: readonly Server[];
  readonly ownCredentials: readonly OwnCredential[];
  readonly known: readonly SystemState[];
}

/** What a tenant registered before there was a system server of that name stays its own. */
function systemServers(
  tenantId: TenantId,
  all: readonly SystemServer[],
  { servers, ownCredentials, known }: Found,
): Server[] {
  const taken = new Set(servers.map(({ slug }) => slug));
  const free = all.filter(({ slug }) => !taken.has(slug));
  return free.map((server) =>
    tenantSystemServer(tenantId, server, {
      state: known.find(({ slug }) => slug === server.slug),
      own: ownCredentials.find(({ slug }) => slug === server.slug),
    }),
  );
}
