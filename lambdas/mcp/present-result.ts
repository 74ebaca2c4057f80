import { isJsonObject, type JsonObject } from '../hub/json.ts';
import type { Era } from './interaction.ts';

/** Prefixes of `_meta` keys that the protocol keeps for itself. */
const RESERVED = /^(?:[a-z0-9-]+\.)(?:modelcontextprotocol|mcp)(?:\.[a-z0-9.-]*)?\//i;

/** Members that exist from revision 2026-07-28 on, and speak of the hop between hub and server. */
const HOP_MEMBERS = ['resultType', 'ttlMs', 'cacheScope'] as const;

/**
 * A server's result as the hub's own: what the server said of itself and of its answer's cacheability does not hold for
 * the hub, which the SDK then says for itself. Everything else is passed on.
 */
export function presentResult({ _meta, ...result }: JsonObject, era: Era): JsonObject {
  const own = Object.fromEntries(
    Object.entries(result).filter(([member]) => !HOP_MEMBERS.some((hop) => hop === member)),
  );
  const meta = Object.entries(isJsonObject(_meta) ? _meta : {}).filter(([key]) => !RESERVED.test(key));
  const presented: JsonObject = meta.length > 0 ? { ...own, _meta: Object.fromEntries(meta) } : own;
  return era === 'legacy' ? forLegacy(presented) : presented;
}

/**
 * Up to revision 2025-11-25 structured content is an object, or there is none.
 * https://modelcontextprotocol.io/specification/2025-11-25/server/tools#structured-content
 */
function forLegacy({ structuredContent, ...result }: JsonObject): JsonObject {
  if (structuredContent === undefined) return result;
  if (isJsonObject(structuredContent)) return { ...result, structuredContent };
  const { content } = result;
  const said = Array.isArray(content) && content.length > 0;
  return said ? result : { ...result, content: [{ type: 'text', text: JSON.stringify(structuredContent) }] };
}

/** A tool as a legacy client may see it: an output schema that is not of an object would promise what {@link forLegacy} drops. */
export function toolFor(era: Era, definition: JsonObject): JsonObject {
  const { outputSchema, ...rest } = definition;
  if (era === 'modern' || !isJsonObject(outputSchema)) return definition;
  return outputSchema['type'] === 'object' ? definition : rest;
}
