import * as z from 'zod/mini';
import { braveTool } from './brave-tool.ts';
import { noted, section, sections } from './entries.ts';
import { pageEntry, pages, queryNote } from './results.ts';
import {
  count,
  country,
  extraSnippets,
  goggles,
  language,
  market,
  paged,
  query,
  safesearch,
  spellcheck,
} from './search-parameters.ts';

const answerOf = z.object({ results: pages });

export const NEWS_SEARCH = braveTool({
  name: 'news_search',
  title: 'Search news',
  description: 'Searches news and answers articles with their age. Use freshness "pd" for what is new today.',
  path: '/res/v1/news/search',
  parameters: {
    q: query,
    search_lang: language,
    ui_lang: market,
    country,
    safesearch: safesearch('strict'),
    count: count(50),
    spellcheck,
    ...paged,
    extra_snippets: extraSnippets,
    goggles,
  },
  required: ['q'],
  alsoByPost: true,
  metadata: {
    category: 'search',
    tags: ['read-only', 'open-world', 'news', 'search'],
    priority: 80,
    estimatedDurationMs: 1_500,
  },
  presentText: (answer) =>
    noted(queryNote(answer), sections(section('News', answerOf.parse(answer).results.map(pageEntry)))),
});
