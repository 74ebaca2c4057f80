import { measureJson } from '../json.ts';
import type { Definition } from '../upstreams/upstream.ts';

const MAX_BYTES = 64 * 1024;
const LIMITS = { depth: 32, nodes: 5_000 };

export const REJECTION_REASONS = [
  'invalid_name',
  'invalid_text',
  'definition_too_large',
  'definition_too_deep',
  'duplicate_name',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** Why a definition is kept out of the catalog: hostile schemas are a denial of service on whoever interprets them. */
export function definitionRejection(definition: Definition): RejectionReason | undefined {
  if (definition.name.length === 0 || definition.name.length > 256) return 'invalid_name';
  const { depth, nodes, wellFormed } = measureJson(definition, LIMITS);
  if (depth > LIMITS.depth || nodes > LIMITS.nodes) return 'definition_too_deep';
  if (!wellFormed || !isText(definition['title']) || !isText(definition['description'])) return 'invalid_text';
  return Buffer.byteLength(JSON.stringify(definition)) > MAX_BYTES ? 'definition_too_large' : undefined;
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
