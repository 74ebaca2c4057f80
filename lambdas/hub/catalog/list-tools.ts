import * as z from 'zod/mini';
import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import type { Server } from '../servers/server.ts';
import { slugSchema } from '../servers/slug.ts';
import type { CatalogTool, ServerCatalog } from './catalog.ts';
import type { CatalogStore } from './catalog-store.ts';
import { slugOf } from './exposed-name.ts';
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
  /** Enabled servers whose tools are missing here, and why. */
  readonly missing: readonly { readonly server: string; readonly reason: string }[];
}

/** A page ends early at this size: a Lambda answer may have 6 MB, and its JSON is escaped once more on the way. */
const MAX_PAGE_BYTES = 2.5 * 1024 * 1024;

export interface ListToolsDependencies {
  readonly config: TenantConfigStore;
  readonly catalog: CatalogStore;
}

/** Cache-first: two reads in parallel, no upstream, no key service. */
export function createListTools({ config, catalog }: ListToolsDependencies) {
  return async (tenantId: TenantId, query: ListTools): Promise<ToolPage> => {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
    const [{ servers, permissions }, catalogs] = await Promise.all([
      config.read(tenantId),
      catalog.read(tenantId, query.server),
    ]);
    const wanted = servers.filter((server) => server.enabled && (query.server ?? server.slug) === server.slug);
    const offered = wanted.flatMap((server) => callableTools(server, catalogs, permissions.permissions));
    const matching = offered.filter(({ tool }) => matches(tool, query)).sort(byExposedName);
    const rest = after === undefined ? matching : matching.filter(({ tool }) => tool.exposedName > after);
    const tools = firstPage(rest, query.limit);
    const last = tools.length < rest.length ? tools.at(-1) : undefined;
    return {
      tools,
      nextCursor: last && encodeCursor(last.tool.exposedName),
      missing: missingServers(wanted, catalogs),
    };
  };
}

function callableTools(
  server: Server,
  catalogs: readonly ServerCatalog[],
  permissions: Permissions,
): readonly ListedTool[] {
  const tools = catalogOf(server, catalogs)?.tools ?? [];
  return tools
    .filter((tool) => tool.state === 'active' && isToolEnabled(permissions, tool.exposedName))
    .map((tool) => ({ server, tool }));
}

function catalogOf(server: Server, catalogs: readonly ServerCatalog[]): ServerCatalog | undefined {
  return catalogs.find(({ head }) => head.serverId === server.serverId);
}

function missingServers(servers: readonly Server[], catalogs: readonly ServerCatalog[]): ToolPage['missing'] {
  return servers
    .filter((server) => catalogOf(server, catalogs) === undefined)
    .map((server) => ({
      server: server.slug,
      reason: server.lastSync.state === 'failed' ? server.lastSync.code : 'server_not_synced',
    }));
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

/** By code unit, so that the order is the same everywhere and a cursor is a plain comparison. */
function byExposedName(a: ListedTool, b: ListedTool): number {
  return a.tool.exposedName < b.tool.exposedName ? -1 : 1;
}

function firstPage(tools: readonly ListedTool[], limit: number): readonly ListedTool[] {
  let bytes = 0;
  const end = tools.slice(0, limit).findIndex(({ tool }) => {
    bytes += Buffer.byteLength(JSON.stringify(tool.definition)) + 512;
    return bytes > MAX_PAGE_BYTES;
  });
  return tools.slice(0, end === -1 ? limit : Math.max(end, 1));
}

/** A cursor is the name after which the next page starts, so it stays right when tools come and go between pages. */
function encodeCursor(exposedName: string): string {
  return Buffer.from(exposedName).toString('base64url');
}

function decodeCursor(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString('utf8');
  if (slugOf(name) === undefined || encodeCursor(name) !== cursor) {
    throw new HubError('invalid_request', 'the cursor is not one that this route gave; start again without it');
  }
  return name;
}
