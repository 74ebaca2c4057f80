import type { ToolMetadata } from '../../catalog/tool-metadata.ts';
import { choice, PAGES, text } from './arguments.ts';
import { githubTool } from './github-tool.ts';
import { optional } from './input.ts';
import { ISSUE_ITEM } from './issues.ts';
import { page } from './present.ts';
import { REPOSITORY_ITEM } from './repositories.ts';
import { shape } from './shape.ts';

/** GitHub searches 10 times a minute for code and 30 times for the rest, so these run into its limit first. */
const TOPIC: ToolMetadata = {
  category: 'search',
  tags: ['github', 'search'],
  priority: 80,
  estimatedDurationMs: 1_500,
};

const CODE_ITEM = shape('path repository:repository.full_name sha url:html_url');
/** A search that takes GitHub too long ends before it has seen everything. */
const FOUND = { within: 'items', totals: shape('total_count incomplete_results') };
const ORDER = optional(choice('Best or least first', ['desc', 'asc']));

const query = (examples: string) =>
  text(`What to search for, in GitHub's search syntax, such as ${examples}; at most 256 characters beside qualifiers`, {
    max: 1_000,
  });

export const SEARCH_TOOLS = [
  githubTool({
    name: 'search_code',
    title: 'Search code',
    description:
      'Files on default branches that contain the words. The query needs at least one word beside qualifiers. Only the first 1000 results can be read.',
    effect: 'reads',
    topic: TOPIC,
    input: { q: query('"parseUrl repo:octokit/endpoint.js language:ts"'), ...PAGES },
    route: 'GET /search/code{?q}',
    present: page('files', CODE_ITEM, FOUND),
  }),
  githubTool({
    name: 'search_issues',
    title: 'Search issues and pull requests',
    description:
      'Issues and pull requests in all repositories that the credential may see. Say is:issue or is:pr in the query. Only the first 1000 results can be read.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      q: query('"is:issue is:open label:bug repo:octokit/core.js"'),
      sort: optional(choice('Order of the results; by relevance without it', ['comments', 'created', 'updated'])),
      order: ORDER,
      ...PAGES,
    },
    route: 'GET /search/issues{?q}',
    present: page('issues', ISSUE_ITEM, FOUND),
  }),
  githubTool({
    name: 'search_repositories',
    title: 'Search repositories',
    description: 'Repositories by name, description, topic and qualifiers. Only the first 1000 results can be read.',
    effect: 'reads',
    topic: TOPIC,
    input: {
      q: query('"mcp language:typescript stars:>100"'),
      sort: optional(
        choice('Order of the results; by relevance without it', ['stars', 'forks', 'help-wanted-issues', 'updated']),
      ),
      order: ORDER,
      ...PAGES,
    },
    route: 'GET /search/repositories{?q}',
    present: page('repositories', REPOSITORY_ITEM, FOUND),
  }),
];
