import * as z from 'zod/mini';
import type { JsonObject } from '../../json.ts';
import { choice, flag, wholeNumber } from '../parameter-kinds.ts';
import { braveTool } from './brave-tool.ts';
import { listOf, said, sections } from './entries.ts';
import { area } from './location-parameters.ts';
import { count, country, freshness, goggles, language, query } from './search-parameters.ts';

export const LLM_CONTEXT = braveTool({
  name: 'llm_context',
  title: 'Get the content of pages about something',
  description:
    'Searches the web and answers what the pages say: text, tables and code that are relevant to the query, with the ' +
    'address of each page. To find pages only, use web_search.',
  path: '/res/v1/llm/context',
  parameters: {
    q: query,
    country,
    search_lang: language,
    count: count(50),
    maximum_number_of_urls: most(50, 20, 'Number of pages.'),
    maximum_number_of_tokens: most(32_768, 8_192, 'Number of tokens of all content, about.', 1_024),
    maximum_number_of_snippets: most(100, 50, 'Number of excerpts.'),
    maximum_number_of_tokens_per_url: most(8_192, 4_096, 'Number of tokens of each page.', 512),
    maximum_number_of_snippets_per_url: most(100, 50, 'Number of excerpts of each page.'),
    context_threshold_mode: choice(['disabled', 'strict', 'lenient', 'balanced'], {
      default: 'balanced',
      description: 'How relevant content has to be.',
    }),
    enable_local: flag({ description: 'Search places, too; by default where the location of the person is given.' }),
    freshness,
    goggles,
  },
  required: ['q'],
  location: area,
  alsoByPost: true,
  metadata: {
    category: 'search',
    tags: ['read-only', 'open-world', 'web', 'content', 'grounding'],
    priority: 85,
    estimatedDurationMs: 2_500,
  },
  presentText,
});

function most(maximum: number, taken: number, description: string, minimum = 1) {
  return wholeNumber({ minimum, maximum, default: taken, description });
}

const source = z.object({
  name: said(z.nullable(z.string())),
  title: said(z.nullable(z.string())),
  url: said(z.nullable(z.string())),
  snippets: listOf(z.string()),
});
const answerOf = z.object({
  grounding: said(z.object({ generic: listOf(source), poi: said(source), map: listOf(source) })),
});

function presentText(answer: JsonObject): string {
  const { grounding } = answerOf.parse(answer);
  if (grounding === undefined) return sections();
  const { generic, poi, map } = grounding;
  return sections(...[...(poi ? [poi] : []), ...generic, ...map].map(sourceText));
}

/** Snippets are text, tables or code, whose lines are left as they are. */
function sourceText({ name, title, url, snippets }: z.infer<typeof source>): string {
  if (snippets.length === 0) return '';
  return [`# ${title ?? name ?? 'untitled'}\n${url ?? ''}`.trim(), ...snippets].join('\n\n');
}
