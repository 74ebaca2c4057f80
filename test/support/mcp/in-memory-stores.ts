import type { CallReader } from '../../../lambdas/hub/calls/call-reader.ts';
import { buildCatalog } from '../../../lambdas/hub/catalog/build-catalog.ts';
import type { FullCatalog, OfferKind, ServerOffers } from '../../../lambdas/hub/catalog/catalog.ts';
import type { CatalogStore } from '../../../lambdas/hub/catalog/catalog-store.ts';
import type { Permissions } from '../../../lambdas/hub/catalog/permissions.ts';
import type { TenantConfigStore } from '../../../lambdas/hub/catalog/tenant-config.ts';
import { type TenantId, tenantIdSchema } from '../../../lambdas/hub/principal.ts';
import type { Server } from '../../../lambdas/hub/servers/server.ts';
import { CLOSED } from '../../../lambdas/hub/upstreams/circuit.ts';
import type { Discovery } from '../../../lambdas/hub/upstreams/upstream.ts';

/** A registered server, by default enabled, and what a sync found on it. */
export interface ServerSetup
  extends
    Pick<Server, 'slug'>,
    Partial<Pick<Server, 'serverId' | 'name' | 'enabled'>>,
    Partial<Pick<Discovery, 'tools' | 'resources' | 'resourceTemplates' | 'prompts' | 'features' | 'instructions'>> {
  /** Own names of tools whose definition waits for approval. */
  readonly quarantined?: readonly string[];
  /** Was never synced, or its catalog expired. */
  readonly unknown?: boolean;
}

export interface TenantSetup {
  readonly servers?: readonly ServerSetup[];
  readonly permissions?: Permissions;
}

interface Registered {
  readonly server: Server;
  readonly catalog: FullCatalog | undefined;
}

interface Tenant {
  readonly permissions: Permissions;
  readonly registered: readonly Registered[];
}

export interface InMemoryStores {
  readonly calls: CallReader;
  readonly config: Pick<TenantConfigStore, 'read'> & TenantConfigStore;
  readonly catalog: CatalogStore;
}

/** What the hub reads while it serves, for tenants that are set up once; nothing is ever written. */
export function inMemoryStores(
  setups: Readonly<Record<string, TenantSetup>>,
  pause: (what: string) => Promise<unknown> = () => Promise.resolve(),
): InMemoryStores {
  const tenants = new Map(Object.entries(setups).map(([id, setup]) => [id, tenantOf(tenantIdSchema.parse(id), setup)]));
  const tenant = async (id: TenantId, what: string): Promise<Tenant> => {
    await pause(what);
    return tenants.get(id) ?? { permissions: EVERYTHING, registered: [] };
  };
  const registered = async (id: TenantId, what: string, slug: string | undefined): Promise<readonly Registered[]> =>
    (await tenant(id, what)).registered.filter(({ server }) => (slug ?? server.slug) === server.slug);

  return {
    calls: {
      async read(id, slug, exposedName) {
        const { permissions, registered: all } = await tenant(id, 'call');
        const { server, catalog } = all.find((each) => each.server.slug === slug) ?? NOTHING;
        const tool = catalog?.tools.find((each) => each.exposedName === exposedName);
        return { server, head: catalog?.head, permissions, tool, circuit: CLOSED };
      },
      async readServer(id, slug) {
        const [{ server, catalog } = NOTHING] = await registered(id, 'server', slug);
        return { server, head: catalog?.head, circuit: CLOSED };
      },
    },
    config: {
      async read(id) {
        const { permissions, registered: all } = await tenant(id, 'config');
        return { servers: all.map(({ server }) => server), permissions: { permissions, version: 1 } };
      },
      readPermissions: readOnly,
      writePermissions: readOnly,
    },
    catalog: {
      read: async (id, slug) => (await registered(id, 'catalog', slug)).flatMap(({ catalog }) => catalog ?? []),
      readOffers: async <K extends OfferKind>(id: TenantId, kind: K, slug?: string) =>
        (await registered(id, 'offers', slug)).flatMap(({ catalog }) => (catalog ? [offersOf(catalog, kind)] : [])),
      readLatest: readOnly,
      readPins: readOnly,
      commit: readOnly,
      approve: readOnly,
      remove: readOnly,
    },
  };
}

const EVERYTHING: Permissions = { default: 'enabled', tools: {} };
const NOTHING = { server: undefined, catalog: undefined };

function readOnly(): never {
  throw new Error('serving reads only');
}

function offersOf<K extends OfferKind>({ head, ...offers }: FullCatalog, kind: K): ServerOffers<K> {
  return { slug: head.slug, serverId: head.serverId, definitions: offers[kind] };
}

function tenantOf(tenantId: TenantId, { servers = [], permissions = EVERYTHING }: TenantSetup): Tenant {
  return { permissions, registered: servers.map((setup) => registeredOf(tenantId, setup)) };
}

function registeredOf(tenantId: TenantId, setup: ServerSetup): Registered {
  const { slug, serverId = `${tenantId}-${slug}`, name = slug, enabled = true } = setup;
  const server: Server = {
    tenantId,
    serverId,
    slug,
    name,
    enabled,
    adapter: 'mcp',
    url: 'https://server.example/mcp',
    transport: 'auto',
    headerNames: [],
    credentialType: 'none',
    credentialHeader: undefined,
    sealedSecret: undefined,
    rateLimitPerMinute: 60,
    trustDefinitions: false,
    system: undefined,
    revision: 1,
    version: 1,
    lastSync: { state: 'never' },
    createdAt: 0,
    updatedAt: 0,
  };
  return { server, catalog: setup.unknown === true ? undefined : catalogOf(server, setup) };
}

function catalogOf({ slug, serverId, revision }: Server, setup: ServerSetup): FullCatalog {
  const discovery: Discovery = {
    negotiated: { era: 'legacy', transport: 'streamable-http', protocolVersion: '2025-11-25' },
    serverInfo: undefined,
    features: setup.features ?? { completions: true, logging: true },
    instructions: setup.instructions,
    tools: setup.tools ?? [],
    resources: setup.resources ?? [],
    resourceTemplates: setup.resourceTemplates ?? [],
    prompts: setup.prompts ?? [],
  };
  const basis = { slug, serverId, revision, trustDefinitions: false, pinned: new Map(), previous: [], now: 0 };
  const { catalog } = buildCatalog(discovery, basis);
  const tools = catalog.tools.map((tool) =>
    setup.quarantined?.includes(tool.definition.name) === true ? { ...tool, state: 'quarantined' as const } : tool,
  );
  return { ...catalog, tools };
}
