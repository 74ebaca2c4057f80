import * as z from 'zod';

const latLng = z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });
const location = z.union([
  z.strictObject({ latLng }),
  z.strictObject({ placeId: z.string() }),
  z.strictObject({ address: z.string() }),
]);
const circle = z.strictObject({ center: latLng, radiusMeters: z.number().max(50_000).optional() });
const viewport = z.strictObject({ low: latLng, high: latLng });
const regionCode = z.string().length(2).optional();

/**
 * What the tools take, written down from Google's reference and independent of what the hub says of them.
 * https://developers.google.com/maps/ai/grounding-lite/reference/mcp
 */
export const MAPS_PARAMETERS: Readonly<Record<string, z.ZodType>> = {
  search_places: z.strictObject({
    textQuery: z.string(),
    languageCode: z.string().optional(),
    regionCode,
    pageSize: z.int().optional(),
    pageToken: z.string().optional(),
    locationBias: z.strictObject({ circle }).optional(),
  }),
  compute_routes: z.strictObject({
    origin: location,
    destination: location,
    travelMode: z.enum(['ROUTE_TRAVEL_MODE_UNSPECIFIED', 'DRIVE', 'WALK']).optional(),
  }),
  lookup_weather: z.strictObject({
    location,
    date: z.strictObject({ year: z.int(), month: z.int(), day: z.int() }).optional(),
    hour: z.int().min(0).max(23).optional(),
    unitsSystem: z.enum(['UNITS_SYSTEM_UNSPECIFIED', 'IMPERIAL', 'METRIC']).optional(),
  }),
  resolve_names: z.strictObject({
    queries: z.array(z.strictObject({ text: z.string().min(1) })).max(20),
    locationBias: z.strictObject({ viewport }).optional(),
    regionCode,
  }),
  resolve_maps_urls: z.strictObject({ urls: z.array(z.string()).max(20) }),
};
