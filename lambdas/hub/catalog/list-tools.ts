import * as z from 'zod/mini';
import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import { slugSchema } from '../servers/slug.ts';
import type { CatalogTool, ServerCatalog } from './catalog.ts';
import type { CatalogStore } from './catalog-store.ts';
import { slugOf } from './exposed-name.ts';
import { type MissingServer, missingServers } from './missing-servers.ts';
import { pageOf, readCursor } from './pages.ts';
import { isToolEnabled, type Permissions } from './permissions.ts';
import type { TenantConfigStore } from './tenant-config.ts';
import { CATEGORIES } from './tool-metadata.ts';

/** Query parameters of `GET /v1/tools`. */
export const listToolsSchema = z.strictObject({
  /** Every word must occur in the name, title, description or tags. */
  q: z.optional(z.string().check(z.maxLength(200))),
  category: z.optional(z.enum(CATEGORIES)),
  tag: z.optional(z.string().check(z.maxLength(64))),
  server: z.optional(slugSchema),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1000)), 100),
  /** `nextCursor` of the page before. */
  cursor: z.optional(z.string().check(z.maxLength(256))),
});
export type ListTools = z.infer<typeof listToolsSchema>;

export interface ListedTool {
  readonly server: Server;
  readonly tool: CatalogTool;
}

export interface ToolPage {
  readonly tools: readonly ListedTool[];
  /** Absent on the last page. */
  readonly nextCursor: string | undefined;
  readonly missing: readonly MissingServer[];
}

export interface ListToolsDependencies {
  readonly config: TenantConfigStore;
  readonly catalog: CatalogStore;
}

/** Cache-first: two reads in parallel, no upstream, no key service. */
export function createListTools({ config, catalog }: ListToolsDependencies) {
  return async (tenantId: TenantId, query: ListTools): Promise<ToolPage> => {
    const after = readCursor(query.cursor, (text) => slugOf(text) !== undefined);
    const [{ servers, permissions }, catalogs] = await Promise.all([
      config.read(tenantId),
      catalog.read(tenantId, query.server),
    ]);
    const wanted = servers.filter((server) => server.enabled && (query.server ?? server.slug) === server.slug);
    const offered = wanted.flatMap((server) => callableTools(server, catalogs, permissions.permissions));
    const matching = offered.filter(({ tool }) => matches(tool, query));
    const { items, nextCursor } = pageOf(matching.map(asPageItem), { limit: query.limit, after });
    return {
      tools: items.map(({ listed }) => listed),
      nextCursor,
      missing: missingServers(wanted, (serverId) => catalogs.some(({ head }) => head.serverId === serverId)),
    };
  };
}

function asPageItem(listed: ListedTool) {
  return { listed, exposed: listed.tool.exposedName, definition: listed.tool.definition };
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

function matches(tool: CatalogTool, query: ListTools): boolean {
  const { metadata } = tool;
  if (query.category !== undefined && metadata.category !== query.category) return false;
  if (query.tag !== undefined && !metadata.tags.includes(query.tag)) return false;
  const words = (query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { title, description } = tool.definition;
  const texts = [tool.exposedName, title, description, ...metadata.tags].filter((text) => typeof text === 'string');
  const text = texts.join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}
