import type { SystemTool } from '../system-server.ts';
import { LAT_LNG, READS_MAPS, REGION_CODE } from './geography.ts';

/** https://developers.google.com/maps/ai/grounding-lite/reference/mcp/search_places */
export const SEARCH_PLACES: SystemTool = {
  definition: {
    name: 'search_places',
    title: 'Search places',
    description:
      'Finds places, businesses, addresses and points of interest on Google Maps, and answers with a summary that cites ' +
      'them, and with the place ID, coordinates and Google Maps links of each. The query has to say where to look, or ' +
      'locationBias does. To learn something about one place, ask for it: "opening hours of SFMOMA, San Francisco".',
    inputSchema: {
      type: 'object',
      properties: {
        textQuery: {
          type: 'string',
          minLength: 1,
          description: 'What to look for and where, such as "vegetarian restaurants in Basel, Switzerland".',
        },
        locationBias: {
          type: 'object',
          description: 'Prefers results near a point. A place in textQuery goes before it.',
          properties: {
            circle: {
              type: 'object',
              properties: {
                center: LAT_LNG,
                radiusMeters: {
                  type: 'number',
                  minimum: 0,
                  maximum: 50_000,
                  description: 'Without it results are drawn to the center.',
                },
              },
              required: ['center'],
              additionalProperties: false,
            },
          },
          required: ['circle'],
          additionalProperties: false,
        },
        languageCode: {
          type: 'string',
          minLength: 2,
          description: 'Language of the summary, such as en, ja or es_MX; English unless it is given.',
        },
        regionCode: REGION_CODE,
        pageSize: { type: 'integer', minimum: 1, description: 'How many places at most; there may be fewer.' },
        pageToken: { type: 'string', description: 'nextPageToken of the page before; repeat the other arguments.' },
      },
      required: ['textQuery'],
      additionalProperties: false,
    },
    annotations: READS_MAPS,
  },
  metadata: {
    category: 'location',
    tags: ['read-only', 'open-world', 'search', 'places', 'maps'],
    priority: 80,
    estimatedDurationMs: 3000,
  },
};
