import type { SystemTool } from '../system-server.ts';
import { location, READS_MAPS } from './geography.ts';

/** https://developers.google.com/maps/ai/grounding-lite/reference/mcp/lookup_weather */
export const LOOKUP_WEATHER: SystemTool = {
  definition: {
    name: 'lookup_weather',
    title: 'Look up weather',
    description:
      'The weather at a place: now with location alone, on a day with date, at an hour with date and hour. Days up to ' +
      'ten from now, today included; hours from 24 hours ago to 120 hours from now. Date and hour are local to the place.',
    inputSchema: {
      type: 'object',
      properties: {
        location: location('Where. A postal code needs its country.'),
        date: {
          type: 'object',
          description: 'The day at the place. Ask the user when today is not known.',
          properties: {
            year: { type: 'integer', minimum: 1, maximum: 9999 },
            month: { type: 'integer', minimum: 1, maximum: 12 },
            day: { type: 'integer', minimum: 1, maximum: 31 },
          },
          required: ['year', 'month', 'day'],
          additionalProperties: false,
        },
        hour: { type: 'integer', minimum: 0, maximum: 23, description: 'The hour of the date; needs date.' },
        unitsSystem: {
          type: 'string',
          enum: ['METRIC', 'IMPERIAL'],
          description: 'METRIC unless it is given.',
        },
      },
      required: ['location'],
      dependentRequired: { hour: ['date'] },
      additionalProperties: false,
    },
    annotations: READS_MAPS,
  },
  metadata: {
    category: 'location',
    tags: ['read-only', 'open-world', 'weather', 'forecast', 'maps'],
    priority: 75,
    estimatedDurationMs: 1500,
  },
};
