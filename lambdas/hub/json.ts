export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface JsonShape {
  readonly depth: number;
  readonly nodes: number;
  /** Every string and key is well-formed Unicode: no lone surrogates, which have no canonical form (RFC 8785). */
  readonly wellFormed: boolean;
}

export interface JsonLimits {
  readonly depth: number;
  readonly nodes: number;
}

/** Measures without recursion, and no further than just beyond the limits: the value is a stranger's. */
export function measureJson(root: unknown, limits: JsonLimits): JsonShape {
  let level: unknown[] = [root];
  let depth = 0;
  let nodes = 0;
  let wellFormed = true;
  while (level.length > 0 && depth <= limits.depth && nodes <= limits.nodes) {
    nodes += level.length;
    depth += 1;
    wellFormed &&= level.every((node) => typeof node !== 'string' || node.isWellFormed());
    wellFormed &&= level.every((node) => !isObject(node) || Object.keys(node).every((key) => key.isWellFormed()));
    level = level.flatMap((node) => (isObject(node) ? Object.values<unknown>({ ...node }) : []));
  }
  return { depth, nodes, wellFormed };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** For values that came out of `JSON.parse`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value) && !Array.isArray(value);
}
