import type { CatalogHead, CatalogTool, ServerCatalog } from '../catalog/catalog.ts';
import { definitionHash } from '../catalog/definition-hash.ts';
import { exposedName } from '../catalog/exposed-name.ts';
import type { SystemServer, SystemTool } from './system-server.ts';
import { systemServerId } from './tenant-system-server.ts';

const made = new WeakMap<SystemServer, ServerCatalog>();

/** What a system server offers, as if it had been discovered. It is code, the same for everybody, so it is made once. */
export function systemCatalog(server: SystemServer): ServerCatalog {
  const known = made.get(server);
  if (known !== undefined) return known;
  const catalog = { head: headOf(server), tools: server.tools.map((tool) => catalogTool(server.slug, tool)) };
  made.set(server, catalog);
  return catalog;
}

function headOf({ slug, name, instructions, tools }: SystemServer): CatalogHead {
  return {
    slug,
    serverId: systemServerId(slug),
    revision: 0,
    negotiated: undefined,
    features: { completions: false, logging: false },
    serverInfo: { name, version: '' },
    instructions,
    counts: { tools: tools.length, quarantined: 0, resources: 0, resourceTemplates: 0, prompts: 0 },
    rejected: [],
    syncedAt: 0,
  };
}

function catalogTool(slug: string, { definition, metadata }: SystemTool): CatalogTool {
  return {
    exposedName: exposedName(slug, definition.name),
    definition,
    hash: definitionHash(definition),
    metadata,
    state: 'active',
    approved: undefined,
  };
}
