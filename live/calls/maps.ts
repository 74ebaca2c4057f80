import * as z from 'zod';
import type { LiveCall } from '../live-service.ts';

const attributed = z.looseObject({ attribution: z.looseObject({ title: z.string(), url: z.url() }) });

/** Each is billed as one request, but for `resolve_names`, which costs nothing. */
export const MAPS_CALLS: readonly LiveCall[] = [
  {
    tool: 'search_places',
    arguments: { textQuery: 'Kunstmuseum Basel, Switzerland', pageSize: 1 },
    facts: {
      'a summary in words': z.looseObject({ summary: z.string().min(1) }),
      'places with an id and a point': z.looseObject({
        places: z
          .array(
            z.looseObject({
              id: z.string().min(1),
              location: z.looseObject({ latitude: z.number(), longitude: z.number() }),
            }),
          )
          .min(1),
      }),
      'a link to each place': z.looseObject({
        places: z.array(z.looseObject({ googleMapsLinks: z.looseObject({ placeUrl: z.url() }) })).min(1),
      }),
      'an attribution of each place': z.looseObject({ places: z.array(attributed).min(1) }),
    },
  },
  {
    tool: 'compute_routes',
    arguments: {
      origin: { address: 'Basel SBB, Basel, Switzerland' },
      destination: { latLng: { latitude: 46.948, longitude: 7.4474 } },
      travelMode: 'DRIVE',
    },
    facts: {
      'a distance in meters and a duration in seconds': z.looseObject({
        routes: z
          .array(z.looseObject({ distanceMeters: z.int().positive(), duration: z.string().regex(/^\d+(\.\d+)?s$/) }))
          .min(1),
      }),
      'an attribution of the route': z.looseObject({ routes: z.array(attributed).min(1) }),
    },
  },
  {
    tool: 'lookup_weather',
    arguments: { location: { address: 'Basel, Switzerland' }, unitsSystem: 'METRIC' },
    facts: {
      'a condition': z.looseObject({ weatherCondition: z.looseObject({}) }),
      'a temperature in degrees Celsius': z.looseObject({
        temperature: z.looseObject({ degrees: z.number(), unit: z.literal('CELSIUS') }),
      }),
      'the location that was found': z.looseObject({ returnedLocation: z.looseObject({}) }),
    },
  },
  {
    tool: 'resolve_names',
    arguments: { queries: [{ text: 'Eiffel Tower, Paris' }], regionCode: 'FR' },
    facts: {
      'a place with its id': z.looseObject({
        results: z.tuple(
          [z.looseObject({ entity: z.looseObject({ place: z.string().startsWith('places/') }) })],
          z.unknown(),
        ),
      }),
    },
  },
];
