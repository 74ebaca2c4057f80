import * as z from 'zod';
import type { LiveCall } from '../live-service.ts';

const found = z.array(z.looseObject({ title: z.string().min(1), url: z.url() })).min(1);

/** Each is billed as one request of the plan Search. */
export const BRAVE_CALLS: readonly LiveCall[] = [
  {
    tool: 'web_search',
    arguments: { q: 'Model Context Protocol specification', count: 3 },
    facts: {
      'the query as it was asked': z.looseObject({ query: z.looseObject({ original: z.string().min(1) }) }),
      'pages with titles and addresses': z.looseObject({ web: z.looseObject({ results: found }) }),
    },
  },
  {
    tool: 'news_search',
    arguments: { q: 'science', count: 3, search_lang: 'en' },
    facts: { 'news with titles and addresses': z.looseObject({ results: found }) },
  },
  {
    tool: 'image_search',
    arguments: { q: 'Matterhorn', count: 3 },
    facts: {
      'images with titles and the pages that they are on': z.looseObject({ results: found }),
      'a small image of each': z.looseObject({
        results: z.array(z.looseObject({ thumbnail: z.looseObject({ src: z.url() }) })).min(1),
      }),
    },
  },
];
