import type { Json, JsonObject } from '../json.ts';
import { exposedUri, isUri } from './exposed-uri.ts';

/**
 * A server's result with the URIs of its resources as the hub exposes them, wherever a client would read one from: links
 * and embedded resources, the contents of a resource, the view of an app. Everything else is as the server said it.
 */
export function exposeResult(slug: string, result: JsonObject): JsonObject {
  const exposeBlocks = (content: Json) => eachOf(content, (block) => exposeBlock(slug, block));
  return withMembers(exposeDefinition(slug, result), {
    content: exposeBlocks,
    contents: (contents) => eachOf(contents, (item) => exposeMembers(item, uriMember(slug))),
    messages: (messages) => eachOf(messages, (message) => exposeMembers(message, { content: exposeBlocks })),
  });
}

/** A tool's definition with the view that MCP Apps (SEP-1865) show for it, by both of its spellings. */
export function exposeDefinition(slug: string, definition: JsonObject): JsonObject {
  const expose = (uri: Json) => exposeText(slug, uri);
  const exposeView = (ui: Json) => exposeMembers(ui, { resourceUri: expose });
  return withMembers(definition, {
    _meta: (meta) => exposeMembers(meta, { ui: exposeView, 'ui/resourceUri': expose }),
  });
}

function exposeBlock(slug: string, block: Json): Json {
  if (!isObject(block)) return block;
  if (block['type'] === 'resource_link') return withMembers(block, uriMember(slug));
  if (block['type'] !== 'resource') return block;
  return withMembers(block, { resource: (resource) => exposeMembers(resource, uriMember(slug)) });
}

type Change = (value: Json) => Json;
type Changes = Readonly<Record<string, Change>>;

const uriMember = (slug: string): Changes => ({ uri: (uri) => exposeText(slug, uri) });

function exposeText(slug: string, value: Json): Json {
  return typeof value === 'string' && isReadAsUri(value) ? exposedUri(slug, value) : value;
}

/** Also with white space in it, which clients drop: what is left could be another server's URI. */
function isReadAsUri(text: string): boolean {
  return isUri(text) || URL.canParse(text);
}

/** A message has one block or several, a result several. */
function eachOf(value: Json, change: Change): Json {
  return isArray(value) ? value.map(change) : change(value);
}

/** What should be an object and is not stays as it is. */
function exposeMembers(value: Json, changes: Changes): Json {
  return isObject(value) ? withMembers(value, changes) : value;
}

/** Those members changed that are there. */
function withMembers(value: JsonObject, changes: Changes): JsonObject {
  const changed = Object.entries(changes).flatMap(([name, change]) => {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    return member === undefined ? [] : [[name, change(member)] as const];
  });
  return { ...value, ...Object.fromEntries(changed) };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
