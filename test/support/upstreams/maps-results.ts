import type { JsonObject } from '../../../lambdas/hub/json.ts';

const attribution = { title: 'Google Maps', url: 'https://www.google.com/maps/place/?q=place_id:PLACE' };
const POINT = { latitude: 47.5596, longitude: 7.5886 };

/** Results of the shapes in Google's reference. */
export const MAPS_RESULTS: Readonly<Record<string, JsonObject>> = {
  search_places: {
    summary: 'Try the **Kunstmuseum** [0].',
    places: [
      {
        place: 'places/PLACE',
        id: 'PLACE',
        location: POINT,
        googleMapsLinks: {
          placeUrl: 'https://maps.google.com/?cid=1',
          directionsUrl: 'https://www.google.com/maps/dir/',
        },
        attribution,
      },
    ],
    nextPageToken: 'next',
  },
  compute_routes: { routes: [{ distanceMeters: 1280, duration: '960s', attribution }] },
  lookup_weather: {
    returnedLocation: { latLng: POINT },
    weatherCondition: { type: 'CLEAR', description: { text: 'Sunny', languageCode: 'en' } },
    temperature: { degrees: 21.5, unit: 'CELSIUS' },
    relativeHumidity: 40,
    attribution,
  },
  resolve_names: {
    results: [{ entity: { place: 'places/PLACE' }, confidence: 'HIGH' }, {}],
    failedRequests: { 1: { code: 5 } },
  },
  resolve_maps_urls: { entities: [{ place: 'places/PLACE' }] },
};
