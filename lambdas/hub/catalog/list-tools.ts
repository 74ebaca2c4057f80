import * as z from 'zod/mini';
import type { TenantId } from '../principal.ts';
import { slugSchema } from '../servers/slug.ts';
import type { CatalogTool } from './catalog.ts';
import { slugOf } from './exposed-name.ts';
import type { MissingServer } from './missing-servers.ts';
import { createReadOfferedTools, type ListedTool, type OfferedToolsDependencies } from './offered-tools.ts';
import { pageOf, readCursor } from './pages.ts';
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

export interface ToolPage {
  readonly tools: readonly ListedTool[];
  /** Absent on the last page. */
  readonly nextCursor: string | undefined;
  readonly missing: readonly MissingServer[];
}

/** Cache-first: two reads in parallel, no upstream, no key service. */
export function createListTools(dependencies: OfferedToolsDependencies) {
  const readOfferedTools = createReadOfferedTools(dependencies);
  return async (tenantId: TenantId, query: ListTools): Promise<ToolPage> => {
    const after = readCursor(query.cursor, (text) => slugOf(text) !== undefined);
    const offered = await readOfferedTools(tenantId, query.server);
    const matching = offered.tools.filter(({ tool }) => matches(tool, query));
    const { items, nextCursor } = pageOf(matching.map(asPageItem), { limit: query.limit, after });
    return { tools: items.map(({ listed }) => listed), nextCursor, missing: offered.missing };
  };
}

function asPageItem(listed: ListedTool) {
  return { listed, exposed: listed.tool.exposedName, definition: listed.tool.definition };
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
