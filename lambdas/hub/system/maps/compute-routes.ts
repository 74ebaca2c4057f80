import type { SystemTool } from '../system-server.ts';
import { location, READS_MAPS } from './geography.ts';

/** https://developers.google.com/maps/ai/grounding-lite/reference/mcp/compute_routes */
export const COMPUTE_ROUTES: SystemTool = {
  definition: {
    name: 'compute_routes',
    title: 'Compute routes',
    description:
      'Distance and duration of the way from one place to another, by car or on foot. There are no directions, no ' +
      'traffic and no other means of transport. Ask the user for an origin or a destination that is missing.',
    inputSchema: {
      type: 'object',
      properties: {
        origin: location('Where the way begins.'),
        destination: location('Where it ends.'),
        travelMode: {
          type: 'string',
          enum: ['DRIVE', 'WALK'],
          description: 'DRIVE unless it is given.',
        },
      },
      required: ['origin', 'destination'],
      additionalProperties: false,
    },
    annotations: READS_MAPS,
  },
  metadata: {
    category: 'location',
    tags: ['read-only', 'open-world', 'routes', 'distance', 'maps'],
    priority: 75,
    estimatedDurationMs: 1500,
  },
};
