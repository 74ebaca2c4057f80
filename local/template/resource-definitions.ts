import { API_DEFINITIONS } from './api-definitions.ts';
import { FUNCTION_DEFINITIONS } from './functions.ts';
import { KEY_DEFINITIONS } from './keys.ts';
import type { ResourceDefinitions } from './resource-definition.ts';
import { ROLE_DEFINITIONS } from './roles.ts';
import { TABLE_DEFINITIONS } from './tables.ts';

/** Every resource type that the local runtime understands. A template with any other does not start. */
export const RESOURCE_DEFINITIONS: ResourceDefinitions = {
  ...API_DEFINITIONS,
  ...FUNCTION_DEFINITIONS,
  ...KEY_DEFINITIONS,
  ...ROLE_DEFINITIONS,
  ...TABLE_DEFINITIONS,
};
