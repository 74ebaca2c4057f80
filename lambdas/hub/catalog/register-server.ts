import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { ConnectionRules } from '../servers/connection-rules.ts';
import type { SecretBox } from '../servers/secret-box.ts';
import { MAX_SERVERS_PER_TENANT, type Server } from '../servers/server.ts';
import type { AddServer } from '../servers/server-input.ts';
import { noRoom, slugTaken } from '../servers/server-refusals.ts';
import { sealServerSecret, secretFor } from '../servers/server-secret.ts';
import type { ServerStore } from '../servers/server-store.ts';
import { isReservedSlug } from '../servers/slug.ts';
import { isSystemSlug } from '../system/system-servers.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import { checkHeaders } from './check-headers.ts';
import type { ProbeOptions, ProbeServer } from './probe-server.ts';
import type { StoreDiscovery, SyncedServer } from './store-discovery.ts';
import type { TenantConfigStore } from './tenant-config.ts';

export interface RegisterServerDependencies {
  readonly servers: ServerStore;
  readonly config: TenantConfigStore;
  readonly box: SecretBox;
  readonly rules: ConnectionRules;
  readonly probe: ProbeServer;
  readonly storeDiscovery: StoreDiscovery;
  readonly now: () => number;
  readonly newServerId: () => string;
}

export interface RegisteredServer {
  readonly server: Server;
  /** Absent when the server could not be reached and was saved all the same. */
  readonly found: SyncedServer | undefined;
}

/** Adds a server once it has said what it offers, or, forced, although it does not answer. */
export function createRegisterServer(dependencies: RegisterServerDependencies) {
  const { servers, config, box, rules, probe, storeDiscovery, now, newServerId } = dependencies;

  return async (
    tenantId: TenantId,
    input: AddServer,
    options: ProbeOptions,
    context: UpstreamContext,
  ): Promise<RegisteredServer> => {
    const url = rules.acceptUrl(input.url);
    checkHeaders(rules, input.headers, input.credential);
    await checkRoom(tenantId, input.slug);
    const serverId = newServerId();
    const secret = secretFor(url, input.headers, input.credential);
    const sealed = await sealServerSecret(box, { tenantId, serverId }, secret);
    const server = newServer(tenantId, serverId, { ...input, url }, sealed, now());
    const probed = await probe(server, secret, options, context);
    if ('failure' in probed) {
      const unreached = { ...server, lastSync: probed.failure };
      await servers.create(unreached);
      return { server: unreached, found: undefined };
    }
    const found = await storeDiscovery({ kind: 'create', server }, probed.discovery);
    return { server: found.server, found };
  };

  async function checkRoom(tenantId: TenantId, slug: string): Promise<void> {
    if (isReservedSlug(slug) || isSystemSlug(slug)) {
      throw new HubError('slug_reserved', `the slug "${slug}" is reserved; choose another`);
    }
    const existing = (await config.read(tenantId)).servers;
    if (existing.some((server) => server.slug === slug)) {
      throw slugTaken(slug);
    }
    if (existing.length >= MAX_SERVERS_PER_TENANT) {
      throw noRoom();
    }
  }
}

function newServer(
  tenantId: TenantId,
  serverId: string,
  input: AddServer,
  sealedSecret: Uint8Array | undefined,
  at: number,
): Server {
  return {
    tenantId,
    serverId,
    slug: input.slug,
    name: input.name ?? input.slug,
    adapter: 'mcp',
    url: input.url,
    transport: input.transport,
    headerNames: Object.keys(input.headers),
    credentialType: input.credential.type,
    credentialHeader: input.credential.type === 'header' ? input.credential.name : undefined,
    sealedSecret,
    rateLimitPerMinute: input.rateLimitPerMinute,
    enabled: input.enabled,
    trustDefinitions: input.trustDefinitions,
    system: undefined,
    revision: 1,
    version: 1,
    lastSync: { state: 'never' },
    createdAt: at,
    updatedAt: at,
  };
}
