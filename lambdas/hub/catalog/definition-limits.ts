import type { Definition } from '../upstreams/upstream.ts';

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 32;
const MAX_NODES = 5_000;

export type RejectionReason = 'invalid_name' | 'definition_too_large' | 'definition_too_deep' | 'duplicate_name';

/** Why a definition is kept out of the catalog: hostile schemas are a denial of service on whoever interprets them. */
export function definitionRejection(definition: Definition): RejectionReason | undefined {
  if (definition.name.length === 0 || definition.name.length > 256) return 'invalid_name';
  const shape = measure(definition);
  if (shape.depth > MAX_DEPTH || shape.nodes > MAX_NODES) return 'definition_too_deep';
  return Buffer.byteLength(JSON.stringify(definition)) > MAX_BYTES ? 'definition_too_large' : undefined;
}

/** Without recursion, and no further than the limits: the input is an upstream's. */
function measure(root: unknown): { depth: number; nodes: number } {
  let level: unknown[] = [root];
  let depth = 0;
  let nodes = 0;
  while (level.length > 0 && depth <= MAX_DEPTH && nodes <= MAX_NODES) {
    nodes += level.length;
    depth += 1;
    level = level.flatMap((node) => (typeof node === 'object' && node !== null ? Object.values(node) : []));
  }
  return { depth, nodes };
}
