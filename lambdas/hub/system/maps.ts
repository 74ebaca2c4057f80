import { COMPUTE_ROUTES } from './maps/compute-routes.ts';
import { LOOKUP_WEATHER } from './maps/lookup-weather.ts';
import { RESOLVE_MAPS_URLS, RESOLVE_NAMES } from './maps/resolve-places.ts';
import { SEARCH_PLACES } from './maps/search-places.ts';
import type { SystemServer } from './system-server.ts';

/**
 * Google Maps Grounding Lite, an MCP server. It declares no output schemas here: Google documents the shapes of the
 * results, but not that they come as structured content, which a declared schema would promise.
 * https://developers.google.com/maps/ai/grounding-lite/reference/mcp
 */
export const MAPS: SystemServer = {
  slug: 'maps',
  name: 'Google Maps',
  instructions: [
    'Places, routes and weather from Google Maps Grounding Lite.',
    'Whoever shows results must show their sources directly after the text that they support, as from "Google Maps",',
    'a name that is neither changed nor translated: title and URL of each attribution, for places googleMapsLinks.placeUrl.',
    "Google's terms forbid to store results, and to use them with models that learn from their input.",
  ].join(' '),
  adapter: 'mcp',
  url: 'https://mapstools.googleapis.com/mcp',
  movable: false,
  credential: { type: 'header', name: 'X-Goog-Api-Key' },
  credentialHelp:
    'Enable billing and "Maps Grounding Lite" in a Google Cloud project, create an API key in it, and restrict the key to ' +
    'that API: https://developers.google.com/maps/ai/grounding-lite',
  tenantCredential: true,
  rateLimitPerMinute: 100,
  tools: [SEARCH_PLACES, COMPUTE_ROUTES, LOOKUP_WEATHER, RESOLVE_NAMES, RESOLVE_MAPS_URLS],
};
