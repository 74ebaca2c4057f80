import * as z from 'zod/mini';
import { braveTool } from './brave-tool.ts';
import { listOf, said, section, sections } from './entries.ts';
import { coordinates } from './location-parameters.ts';
import { placeEntry, places } from './places.ts';
import { language, market, placeIds, units } from './search-parameters.ts';

const detailsOf = z.object({ results: places });

/** What a search only hints at, by the ids that it found. */
export const PLACE_DETAILS = braveTool({
  name: 'place_details',
  title: 'Get details of places',
  description: 'Answers address, opening hours, ratings and contact of places that web_search or place_search found.',
  path: '/res/v1/local/pois',
  parameters: { ids: placeIds, search_lang: language, ui_lang: market, units },
  required: ['ids'],
  location: coordinates,
  alsoByPost: false,
  metadata: {
    category: 'location',
    tags: ['read-only', 'open-world', 'places'],
    priority: 60,
    estimatedDurationMs: 1_500,
  },
  presentText: (answer) => sections(section('Places', detailsOf.parse(answer).results.map(placeEntry))),
});

const descriptionsOf = z.object({
  results: listOf(z.object({ id: said(z.string()), description: said(z.nullable(z.string())) })),
});

export const PLACE_DESCRIPTIONS = braveTool({
  name: 'place_descriptions',
  title: 'Describe places',
  description: 'Answers descriptions, written by a machine, of places that web_search or place_search found.',
  path: '/res/v1/local/descriptions',
  parameters: { ids: placeIds },
  required: ['ids'],
  alsoByPost: false,
  metadata: {
    category: 'location',
    tags: ['read-only', 'open-world', 'places'],
    priority: 55,
    estimatedDurationMs: 2_000,
  },
  // The descriptions are Markdown, which is left as it is.
  presentText: (answer) =>
    sections(
      ...descriptionsOf.parse(answer).results.map(({ id, description }) => {
        return `${id ?? 'unknown place'}\n${description ?? 'There is no description of this place.'}`;
      }),
    ),
});
