import type { JsonObject } from '../../json.ts';

export const LAT_LNG: JsonObject = {
  type: 'object',
  properties: {
    latitude: { type: 'number', minimum: -90, maximum: 90, description: 'Degrees.' },
    longitude: { type: 'number', minimum: -180, maximum: 180, description: 'Degrees.' },
  },
  required: ['latitude', 'longitude'],
  additionalProperties: false,
};

/** A place on Earth, said in exactly one of three ways. */
export function location(description: string): JsonObject {
  return {
    type: 'object',
    description: `${description} Give exactly one of latLng, placeId and address.`,
    properties: {
      latLng: LAT_LNG,
      placeId: { type: 'string', minLength: 1, description: 'A place ID, as search_places and resolve_names return.' },
      address: {
        type: 'string',
        minLength: 1,
        description: 'An address or the name of a place, with its city and country, or a plus code.',
      },
    },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  };
}

export const REGION_CODE: JsonObject = {
  type: 'string',
  pattern: '^[A-Z]{2}$',
  description: 'Country or region of the user, by its two letters in CLDR, such as US or CH.',
};

/** All tools only read, and what they read was written by anybody. */
export const READS_MAPS = { readOnlyHint: true, openWorldHint: true } as const;
