import { isJsonObject, type JsonObject } from '../../../hub/json.ts';

const ANNOTATION = 'x-mcp-header';
/** RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const MIRRORED_TYPES: readonly unknown[] = ['string', 'integer', 'boolean'];

/** JSON Schema keywords whose value is a schema or a list of schemas, and those whose value maps names to schemas. */
const NESTED = new Set(
  'items prefixItems contains additionalProperties unevaluatedProperties unevaluatedItems propertyNames oneOf anyOf allOf not if then else'.split(
    ' ',
  ),
);
const NESTED_BY_NAME = new Set(['patternProperties', 'dependentSchemas', '$defs', 'definitions']);

/**
 * Whether a tool's arguments can be mirrored into headers as its `x-mcp-header` annotations ask. A client over HTTP
 * MUST drop a tool for which they cannot: an annotation belongs on a primitive property that is reached through
 * `properties` alone, is a token, and is unique without regard to case.
 * https://modelcontextprotocol.io/specification/2026-07-28/server/tools
 */
export function hasUsableHeaderAnnotations(inputSchema: unknown): boolean {
  const taken = new Set<string>();
  const accepts = ({ [ANNOTATION]: header, type }: JsonObject): boolean => {
    if (typeof header !== 'string' || !TOKEN.test(header) || !MIRRORED_TYPES.includes(type)) return false;
    const name = header.toLowerCase();
    return !taken.has(name) && taken.add(name).has(name);
  };
  const usable = (schema: unknown, reachable: boolean): boolean => {
    if (Array.isArray(schema)) return schema.every((item) => usable(item, reachable));
    if (!isJsonObject(schema)) return true;
    if (ANNOTATION in schema && !(reachable && accepts(schema))) return false;
    return Object.entries(schema).every(([keyword, value]) => {
      if (keyword === 'properties') return valuesOf(value).every((property) => usable(property, reachable));
      if (NESTED_BY_NAME.has(keyword)) return valuesOf(value).every((nested) => usable(nested, false));
      return !NESTED.has(keyword) || usable(value, false);
    });
  };
  return usable(inputSchema, true);
}

function valuesOf(value: unknown): readonly unknown[] {
  return isJsonObject(value) ? Object.values(value) : [];
}
