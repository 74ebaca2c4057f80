import type { SystemTool } from '../system-server.ts';
import { LAT_LNG, READS_MAPS, REGION_CODE } from './geography.ts';

const MAX_ITEMS = 20;

/** https://developers.google.com/maps/ai/grounding-lite/reference/mcp/resolve_names */
export const RESOLVE_NAMES: SystemTool = {
  definition: {
    name: 'resolve_names',
    title: 'Resolve names of places',
    description:
      'Turns names of places and addresses into Google Maps place IDs, up to 20 at once. Each has to be one certain place: ' +
      '"Eiffel Tower, Paris", not "restaurants" or the name of a chain. Results come in the order of the queries; those that ' +
      'failed are empty, and failedRequests says why, by their index from 0. Not needed for tools that take an address.',
    inputSchema: {
      type: 'object',
      properties: {
        queries: {
          type: 'array',
          minItems: 1,
          maxItems: MAX_ITEMS,
          items: {
            type: 'object',
            properties: { text: { type: 'string', minLength: 1, description: 'Name or address of one place.' } },
            required: ['text'],
            additionalProperties: false,
          },
        },
        locationBias: {
          type: 'object',
          description: 'Prefers places in an area; goes before regionCode.',
          properties: {
            viewport: {
              type: 'object',
              description: 'The area between two corners.',
              properties: { low: LAT_LNG, high: LAT_LNG },
              required: ['low', 'high'],
              additionalProperties: false,
            },
          },
          required: ['viewport'],
          additionalProperties: false,
        },
        regionCode: REGION_CODE,
      },
      required: ['queries'],
      additionalProperties: false,
    },
    annotations: READS_MAPS,
  },
  metadata: {
    category: 'location',
    tags: ['read-only', 'open-world', 'places', 'geocode', 'maps'],
    priority: 60,
    estimatedDurationMs: 1500,
  },
};

/** https://developers.google.com/maps/ai/grounding-lite/reference/mcp/resolve_maps_urls */
export const RESOLVE_MAPS_URLS: SystemTool = {
  definition: {
    name: 'resolve_maps_urls',
    title: 'Resolve Google Maps links',
    description:
      'Turns links to places on Google Maps, as people share them, into place IDs, up to 20 at once. A link has to lead to ' +
      'one place. Entities come in the order of the links; those that failed are empty, and failedRequests says why, by ' +
      'their index from 0.',
    inputSchema: {
      type: 'object',
      properties: {
        urls: {
          type: 'array',
          minItems: 1,
          maxItems: MAX_ITEMS,
          items: {
            type: 'string',
            minLength: 1,
            description: 'Such as https://maps.app.goo.gl/... or .../maps/place/...',
          },
        },
      },
      required: ['urls'],
      additionalProperties: false,
    },
    annotations: READS_MAPS,
  },
  metadata: {
    category: 'location',
    tags: ['read-only', 'open-world', 'places', 'links', 'maps'],
    priority: 55,
    estimatedDurationMs: 1500,
  },
};
