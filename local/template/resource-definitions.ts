import { API_DEFINITIONS } from './api-definitions.ts';
import { ASYNCHRONOUS_DEFINITIONS } from './asynchronous.ts';
import { BUCKET_DEFINITIONS } from './buckets.ts';
import { FUNCTION_DEFINITIONS } from './functions.ts';
import { KEY_DEFINITIONS } from './keys.ts';
import { QUEUE_TRIGGER_DEFINITIONS } from './queue-triggers.ts';
import { QUEUE_DEFINITIONS } from './queues.ts';
import type { ResourceDefinitions } from './resource-definition.ts';
import { ROLE_DEFINITIONS } from './roles.ts';
import { SCHEDULE_DEFINITIONS } from './schedules.ts';
import { TABLE_DEFINITIONS } from './tables.ts';

/** Every resource type that the local runtime understands. A template with any other does not start. */
export const RESOURCE_DEFINITIONS: ResourceDefinitions = {
  ...API_DEFINITIONS,
  ...ASYNCHRONOUS_DEFINITIONS,
  ...BUCKET_DEFINITIONS,
  ...FUNCTION_DEFINITIONS,
  ...KEY_DEFINITIONS,
  ...QUEUE_DEFINITIONS,
  ...QUEUE_TRIGGER_DEFINITIONS,
  ...ROLE_DEFINITIONS,
  ...SCHEDULE_DEFINITIONS,
  ...TABLE_DEFINITIONS,
};
