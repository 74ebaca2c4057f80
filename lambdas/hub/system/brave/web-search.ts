import * as z from 'zod/mini';
import type { JsonObject } from '../../json.ts';
import { flag, text } from '../parameter-kinds.ts';
import { braveTool } from './brave-tool.ts';
import { type Entry, listOf, noted, said, section, sections } from './entries.ts';
import { areaAndTime } from './location-parameters.ts';
import { placeEntry, placesOfKind } from './places.ts';
import { pageEntry, pagesOfKind, queryNote, videoEntry, videosOfKind } from './results.ts';
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
  units,
} from './search-parameters.ts';

const KIND = '(?:discussions|faq|infobox|locations|news|query|videos|web)';

export const WEB_SEARCH = braveTool({
  name: 'web_search',
  title: 'Search the web',
  description:
    'Searches the web and answers ranked pages with excerpts, and with them news, videos, discussions, questions and ' +
    'answers, places and an infobox where there are any. For the content of pages use llm_context.',
  path: '/res/v1/web/search',
  parameters: {
    q: query,
    country,
    search_lang: language,
    ui_lang: market,
    count: count(20),
    safesearch: safesearch('moderate'),
    ...paged,
    text_decorations: flag({ default: true, description: 'Mark what was searched for in the excerpts.' }),
    spellcheck,
    result_filter: text({
      pattern: [new RegExp(`^${KIND}(?:,${KIND})*$`), 'kinds of results with commas between them'],
      description: 'Kinds of results, with commas between them; all by default. Places are "locations".',
    }),
    goggles,
    units,
    extra_snippets: extraSnippets,
    enable_rich_callback: flag({
      default: false,
      description: 'Say whether there is rich data, such as weather or stocks; rich_data gets it.',
    }),
  },
  required: ['q'],
  location: areaAndTime,
  alsoByPost: true,
  metadata: {
    category: 'search',
    tags: ['read-only', 'open-world', 'web', 'search'],
    priority: 90,
    estimatedDurationMs: 1_500,
  },
  presentText,
});

const infobox = z.object({
  title: said(z.string()),
  url: said(z.string()),
  description: said(z.string()),
  long_desc: said(z.string()),
});
const question = z.object({ question: said(z.string()), answer: said(z.string()), url: said(z.string()) });
const hint = z.object({ vertical: said(z.string()), callback_key: said(z.string()) });

const answerOf = z.object({
  web: pagesOfKind,
  news: pagesOfKind,
  videos: videosOfKind,
  locations: placesOfKind,
  discussions: pagesOfKind,
  faq: z.catch(z.object({ results: listOf(question) }), { results: [] }),
  infobox: z.catch(z.object({ results: listOf(infobox) }), { results: [] }),
  rich: said(z.object({ hint: said(hint) })),
});

function presentText(answer: JsonObject): string {
  const found = answerOf.parse(answer);
  const text = sections(
    section('Infobox', found.infobox.results.map(infoboxEntry)),
    section('Web', found.web.results.map(pageEntry)),
    section('News', found.news.results.map(pageEntry)),
    section('Videos', found.videos.results.map(videoEntry)),
    section('Discussions', found.discussions.results.map(pageEntry)),
    section('Questions', found.faq.results.map(questionEntry)),
    section('Places', found.locations.results.map(placeEntry)),
    richNote(found.rich?.hint),
  );
  return noted(queryNote(answer), text);
}

function infoboxEntry({ title, url, description, long_desc }: z.infer<typeof infobox>): Entry {
  return { title, url, texts: [long_desc ?? description] };
}

function questionEntry({ question: asked, answer, url }: z.infer<typeof question>): Entry {
  return { title: asked, url, texts: [answer] };
}

function richNote(rich: z.infer<typeof hint> | undefined): string {
  if (rich?.callback_key === undefined) return '';
  return `There is rich data (${rich.vertical ?? 'of some kind'}): call rich_data with callback_key ${rich.callback_key}`;
}
