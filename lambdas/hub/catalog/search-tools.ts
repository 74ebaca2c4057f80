import MiniSearch from 'minisearch';
import type { TenantId } from '../principal.ts';
import { createReadOfferedTools, type ListedTool, type OfferedToolsDependencies } from './offered-tools.ts';

export interface ToolSearch {
  readonly query: string;
  /** Only tools of this server. */
  readonly server?: string | undefined;
  readonly limit: number;
}

const FIELDS = ['name', 'title', 'tags', 'server', 'description'] as const;
/** A word in a name says more of a tool than one among many in its description. */
const BOOST = { name: 4, title: 3, tags: 2, server: 2 };
/** Longer words forgive a typing error; short ones would match everything. */
const FUZZY_FROM_LENGTH = 5;

/**
 * Ranks the tools that a tenant may call by a full-text query, the best first; none where no word occurs. The index
 * lives as long as the request: some milliseconds for a thousand tools, and nothing of a tenant stays in memory.
 */
export function createSearchTools(dependencies: OfferedToolsDependencies) {
  const readOfferedTools = createReadOfferedTools(dependencies);
  return async (tenantId: TenantId, { query, server, limit }: ToolSearch): Promise<readonly ListedTool[]> => {
    const { tools } = await readOfferedTools(tenantId, server);
    const index = new MiniSearch({ fields: [...FIELDS], tokenize: words });
    index.addAll(tools.map(documentOf));
    const options = {
      boost: BOOST,
      prefix: true,
      fuzzy: (term: string) => (term.length < FUZZY_FROM_LENGTH ? false : 0.2),
    };
    const ranked = index.search(query, options).slice(0, limit);
    return ranked.map(({ id }) => tools[Number(id)]).filter((tool) => tool !== undefined);
  };
}

function documentOf({ server, tool }: ListedTool, id: number) {
  const { name, title, description } = tool.definition;
  return {
    id,
    name,
    title: typeof title === 'string' ? title : '',
    description: typeof description === 'string' ? description : '',
    tags: tool.metadata.tags.join(' '),
    server: `${server.slug} ${server.name}`,
  };
}

/** `createPullRequest`, `create_pull_request` and `create-pull-request` are the same three words. */
function words(text: string): string[] {
  return text
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
