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

/** Servers write the texts and callers the queries: work and memory of a search stay the same however long they are. */
const MAX_QUERY_WORDS = 16;
const MAX_WORD_LENGTH = 32;
/** Of all indexed descriptions together; each tool has its share. */
const MAX_DESCRIPTIONS_LENGTH = 1024 * 1024;
const MAX_DESCRIPTION_LENGTH = 2000;
const MAX_TITLE_LENGTH = 200;

/**
 * Ranks the tools that a tenant may call by a full-text query, the best first; none where no word occurs. The index
 * lives as long as the request: some milliseconds for a thousand tools, and nothing of a tenant stays in memory. Of a
 * long description only the beginning counts.
 */
export function createSearchTools(dependencies: OfferedToolsDependencies) {
  const readOfferedTools = createReadOfferedTools(dependencies);
  return async (tenantId: TenantId, { query, server, limit }: ToolSearch): Promise<readonly ListedTool[]> => {
    const { tools } = await readOfferedTools(tenantId, server);
    const index = new MiniSearch({ fields: [...FIELDS], tokenize: words });
    const share = Math.min(MAX_DESCRIPTION_LENGTH, Math.ceil(MAX_DESCRIPTIONS_LENGTH / tools.length));
    index.addAll(tools.map((tool, id) => documentOf(tool, id, share)));
    const options = {
      boost: BOOST,
      prefix: true,
      fuzzy: (term: string) => (term.length < FUZZY_FROM_LENGTH ? false : 0.2),
    };
    const asked = [...new Set(words(query))].slice(0, MAX_QUERY_WORDS).join(' ');
    const ranked = index.search(asked, options).slice(0, limit);
    return ranked.map(({ id }) => tools[Number(id)]).filter((tool) => tool !== undefined);
  };
}

function documentOf({ server, tool }: ListedTool, id: number, descriptionLength: number) {
  const { name, title, description } = tool.definition;
  return {
    id,
    name,
    title: typeof title === 'string' ? title.slice(0, MAX_TITLE_LENGTH) : '',
    description: typeof description === 'string' ? description.slice(0, descriptionLength) : '',
    tags: tool.metadata.tags.join(' '),
    server: `${server.slug} ${server.name}`,
  };
}

/** `createPullRequest`, `create_pull_request` and `create-pull-request` are the same three words. */
function words(text: string): string[] {
  return text
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .map((word) => word.slice(0, MAX_WORD_LENGTH));
}
