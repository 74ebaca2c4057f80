import * as z from 'zod/mini';
import { braveTool } from './brave-tool.ts';
import { noted, section, sections } from './entries.ts';
import { queryNote, videoEntry, videos } from './results.ts';
import { count, country, language, market, paged, query, safesearch, spellcheck } from './search-parameters.ts';

const answerOf = z.object({ results: videos });

export const VIDEO_SEARCH = braveTool({
  name: 'video_search',
  title: 'Search videos',
  description: 'Searches videos and answers where they are, who made them, how long they are and how often seen.',
  path: '/res/v1/videos/search',
  parameters: {
    q: query,
    search_lang: language,
    ui_lang: market,
    country,
    safesearch: safesearch('moderate'),
    count: count(50),
    spellcheck,
    ...paged,
  },
  required: ['q'],
  alsoByPost: true,
  metadata: {
    category: 'media',
    tags: ['read-only', 'open-world', 'video', 'search'],
    priority: 65,
    estimatedDurationMs: 1_500,
  },
  presentText: (answer) =>
    noted(queryNote(answer), sections(section('Videos', answerOf.parse(answer).results.map(videoEntry)))),
});
