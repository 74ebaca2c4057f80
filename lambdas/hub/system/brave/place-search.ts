import * as z from 'zod/mini';
import type { JsonObject } from '../../json.ts';
import { decimal, text } from '../parameter-kinds.ts';
import { braveTool } from './brave-tool.ts';
import { noted, section, sections } from './entries.ts';
import { placeEntry, places } from './places.ts';
import { queryNote } from './results.ts';
import { count, country, language, market, safesearch, spellcheck, units } from './search-parameters.ts';

const answerOf = z.object({ results: places });

export const PLACE_SEARCH = braveTool({
  name: 'place_search',
  title: 'Search places',
  description:
    'Searches businesses and other places in an area, given by its name or by coordinates, and answers address, ' +
    'opening hours, ratings and contact. Without a query it answers what there is in the area.',
  path: '/res/v1/local/place_search',
  parameters: {
    q: text({ maxLength: 400, maxWords: 50, description: 'What to search for: at most 400 characters and 50 words.' }),
    latitude: decimal({ minimum: -90, maximum: 90, description: 'Latitude of the middle of the area, in degrees.' }),
    longitude: decimal({
      minimum: -180,
      maximum: 180,
      description: 'Longitude of the middle of the area, in degrees.',
    }),
    location: text({
      minLength: 1,
      description:
        'Name of the area, instead of coordinates, without commas: "san francisco ca united states", "tokyo japan".',
    }),
    radius: decimal({ minimum: 0, description: 'Metres around the coordinates.' }),
    count: count(50),
    country,
    search_lang: language,
    ui_lang: market,
    units,
    safesearch: safesearch('strict'),
    spellcheck,
    geoloc: text({ minLength: 1, description: 'Token of a geographic location.' }),
  },
  required: [],
  alsoByPost: false,
  metadata: {
    category: 'location',
    tags: ['read-only', 'open-world', 'places', 'search'],
    priority: 75,
    estimatedDurationMs: 1_500,
  },
  problem: (args) => halfCoordinates(args),
  presentText: (answer) =>
    noted(queryNote(answer), sections(section('Places', answerOf.parse(answer).results.map(placeEntry)))),
});

function halfCoordinates({ latitude, longitude }: JsonObject): string | undefined {
  if ((latitude === undefined) === (longitude === undefined)) return undefined;
  return '"latitude" and "longitude" have to be given together';
}
