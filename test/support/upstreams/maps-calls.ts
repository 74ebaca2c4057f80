import type { JsonObject } from '../../../lambdas/hub/json.ts';

const BASEL = { latitude: 47.5596, longitude: 7.5886 };
const BERN = { latitude: 46.948, longitude: 7.4474 };

/** Calls with all the parameters that Google documents. */
export const MAPS_CALLS: readonly (readonly [name: string, args: JsonObject])[] = [
  ['search_places', { textQuery: 'museums in Basel, Switzerland' }],
  [
    'search_places',
    {
      textQuery: 'museums',
      locationBias: { circle: { center: BASEL, radiusMeters: 5000 } },
      languageCode: 'de',
      regionCode: 'CH',
      pageSize: 5,
      pageToken: 'next',
    },
  ],
  ['search_places', { textQuery: 'museums', locationBias: { circle: { center: BASEL } } }],
  ['compute_routes', { origin: { address: 'Basel SBB' }, destination: { placeId: 'PLACE' } }],
  ['compute_routes', { origin: { latLng: BASEL }, destination: { latLng: BERN }, travelMode: 'WALK' }],
  ['lookup_weather', { location: { address: 'Basel, Switzerland' } }],
  ['lookup_weather', { location: { placeId: 'PLACE' }, date: { year: 2026, month: 11, day: 27 } }],
  [
    'lookup_weather',
    { location: { latLng: BASEL }, date: { year: 2026, month: 11, day: 27 }, hour: 0, unitsSystem: 'IMPERIAL' },
  ],
  ['resolve_names', { queries: [{ text: 'Eiffel Tower, Paris' }, { text: 'restaurants' }], regionCode: 'FR' }],
  ['resolve_names', { queries: [{ text: 'Bundeshaus' }], locationBias: { viewport: { low: BERN, high: BASEL } } }],
  ['resolve_maps_urls', { urls: ['https://maps.app.goo.gl/a', 'https://www.google.com/maps/place/b'] }],
];

/** Calls that break what Google documents, each in one way. */
export const WRONG_MAPS_CALLS: readonly (readonly [name: string, args: JsonObject])[] = [
  ['search_places', {}],
  ['search_places', { text_query: 'museums' }],
  ['search_places', { textQuery: 'museums', locationBias: { circle: { radiusMeters: 1 } } }],
  ['search_places', { textQuery: 'museums', locationBias: { circle: { center: BASEL, radiusMeters: 50_001 } } }],
  ['search_places', { textQuery: 'museums', locationBias: { circle: { center: { ...BASEL, latitude: 91 } } } }],
  ['search_places', { textQuery: 'museums', pageSize: 1.5 }],
  ['search_places', { textQuery: 'museums', regionCode: '756' }],
  ['compute_routes', { origin: { address: 'Basel' } }],
  ['compute_routes', { origin: { address: 'Basel', placeId: 'PLACE' }, destination: { address: 'Bern' } }],
  ['compute_routes', { origin: {}, destination: { address: 'Bern' } }],
  ['compute_routes', { origin: { address: 'Basel' }, destination: { address: 'Bern' }, travelMode: 'BICYCLE' }],
  ['lookup_weather', { location: 'Basel' }],
  ['lookup_weather', { location: { address: 'Basel' }, hour: 24, date: { year: 2026, month: 11, day: 27 } }],
  ['lookup_weather', { location: { address: 'Basel' }, date: '2026-11-27' }],
  ['resolve_names', { queries: ['Eiffel Tower'] }],
  ['resolve_names', { queries: [{ text: '' }] }],
  ['resolve_names', { queries: Array.from({ length: 21 }, () => ({ text: 'Bern' })) }],
  ['resolve_maps_urls', { urls: Array.from({ length: 21 }, () => 'https://maps.app.goo.gl/a') }],
];
