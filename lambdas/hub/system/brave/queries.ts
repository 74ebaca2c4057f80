import * as z from 'zod/mini';
import { flag } from '../parameter-kinds.ts';
import { braveTool } from './brave-tool.ts';
import { type Entry, listOf, said, section, sections } from './entries.ts';
import { count, country, language, query } from './search-parameters.ts';

const suggestion = z.object({ query: said(z.string()), title: said(z.string()), description: said(z.string()) });
const answerOf = z.object({ results: listOf(suggestion) });

/** Better queries, before anything is searched. */
export const SUGGEST = braveTool({
  name: 'suggest',
  title: 'Suggest queries',
  description: 'Answers how a query might go on, as people type it. It needs the plan Autosuggest.',
  path: '/res/v1/suggest/search',
  parameters: {
    q: query,
    lang: language,
    country,
    count: count(20, 5),
    rich: flag({ default: false, description: 'Say which suggestions are well-known things, and describe them.' }),
  },
  required: ['q'],
  alsoByPost: false,
  plan: 'Autosuggest',
  metadata: { category: 'search', tags: ['read-only', 'open-world', 'query'], priority: 40, estimatedDurationMs: 500 },
  presentText: (answer) => sections(section('Suggestions', answerOf.parse(answer).results.map(suggestionEntry))),
});

export const SPELLCHECK = braveTool({
  name: 'spellcheck',
  title: 'Check the spelling of a query',
  description:
    'Answers how a query is spelled correctly; nothing where it is already. The searches do that themselves. It needs ' +
    'the plan Spellcheck.',
  path: '/res/v1/spellcheck/search',
  parameters: { q: query, lang: language, country },
  required: ['q'],
  alsoByPost: false,
  plan: 'Spellcheck',
  metadata: { category: 'search', tags: ['read-only', 'open-world', 'query'], priority: 30, estimatedDurationMs: 500 },
  presentText: (answer) => {
    const corrections = answerOf.parse(answer).results.map(suggestionEntry);
    return corrections.length === 0 ? 'There is nothing to correct.' : section('Corrections', corrections);
  },
});

function suggestionEntry({ query: suggested, title, description }: z.infer<typeof suggestion>): Entry {
  return { title: suggested, texts: [title, description] };
}
