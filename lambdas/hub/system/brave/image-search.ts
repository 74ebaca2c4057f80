import * as z from 'zod/mini';
import { choice } from '../parameter-kinds.ts';
import { braveTool } from './brave-tool.ts';
import { type Entry, listOf, noted, said, section, sections } from './entries.ts';
import { queryNote } from './results.ts';
import { count, country, language, query, spellcheck } from './search-parameters.ts';

export const IMAGE_SEARCH = braveTool({
  name: 'image_search',
  title: 'Search images',
  description: 'Searches images and answers the address of each, of the page where it is, and its size.',
  path: '/res/v1/images/search',
  parameters: {
    q: query,
    search_lang: language,
    country,
    safesearch: choice(['off', 'strict'], { default: 'strict', description: 'Filter of adult content.' }),
    count: count(200, 50),
    spellcheck,
  },
  required: ['q'],
  alsoByPost: false,
  metadata: {
    category: 'media',
    tags: ['read-only', 'open-world', 'image', 'search'],
    priority: 70,
    estimatedDurationMs: 1_500,
  },
  presentText: (answer) =>
    noted(queryNote(answer), sections(section('Images', answerOf.parse(answer).results.map(imageEntry)))),
});

const image = z.object({
  title: said(z.string()),
  url: said(z.string()),
  source: said(z.string()),
  confidence: said(z.string()),
  properties: said(z.object({ url: said(z.string()), width: said(z.number()), height: said(z.number()) })),
});
const answerOf = z.object({ results: listOf(image) });

function imageEntry({ title, url, source, confidence, properties }: z.infer<typeof image>): Entry {
  const { width, height, url: file } = properties ?? {};
  const size = width === undefined || height === undefined ? undefined : `${width}x${height}`;
  const certainty = confidence === undefined ? undefined : `confidence ${confidence}`;
  return { title, url: file ?? url, facts: [size, source, certainty], texts: [file && url && `on ${url}`] };
}
