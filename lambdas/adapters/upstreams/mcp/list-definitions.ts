import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/client';
import * as z from 'zod/mini';
import { HubError } from '../../../hub/hub-error.ts';
import { isJsonObject, type JsonObject } from '../../../hub/json.ts';
import type { Definition, Discovery } from '../../../hub/upstreams/upstream.ts';
import type { Connection } from './connect.ts';
import { hasUsableHeaderAnnotations } from './header-annotations.ts';
import { rawResult } from './raw-result.ts';

export interface ListOptions {
  readonly signal: AbortSignal;
  readonly timeout: number;
}

/** Of one response, and of all of them together. */
export const MAX_DISCOVERY_BYTES = 8 * 1024 * 1024;
const MAX_PAGES = 64;
const MAX_DEFINITIONS = 5000;

const LISTS = {
  tools: { method: 'tools/list', capability: 'tools' },
  resources: { method: 'resources/list', capability: 'resources' },
  resourceTemplates: { method: 'resources/templates/list', capability: 'resources' },
  prompts: { method: 'prompts/list', capability: 'prompts' },
} as const;
type Kind = keyof typeof LISTS;
const KINDS = ['tools', 'resources', 'resourceTemplates', 'prompts'] as const satisfies readonly Kind[];

/** All definitions, over all pages, of what the server says that it has. An item without its key is left out. */
export async function listDefinitions(connection: Connection, options: ListOptions): Promise<Pick<Discovery, Kind>> {
  const { client, negotiated } = connection;
  const capabilities = client.getServerCapabilities() ?? {};
  const offered = KINDS.filter((kind) => capabilities[LISTS[kind].capability] !== undefined);
  const found: Record<Kind, readonly JsonObject[]> = { tools: [], resources: [], resourceTemplates: [], prompts: [] };
  const allowance = { definitions: MAX_DEFINITIONS, bytes: MAX_DISCOVERY_BYTES };
  const list = async (kind: Kind) => {
    found[kind] = await listPages(connection, kind, allowance, options);
  };
  // A modern server is stateless. Some legacy ones mix up what arrives at once in one session.
  if (negotiated.era === 'modern') await Promise.all(offered.map(list));
  else for (const kind of offered) await list(kind);
  return {
    tools: found.tools.filter(negotiated.era === 'modern' ? isCallableTool : hasName),
    resources: found.resources.filter(hasUri),
    resourceTemplates: found.resourceTemplates.filter(hasUriTemplate),
    prompts: found.prompts.filter(hasName),
  };
}

interface Allowance {
  definitions: number;
  bytes: number;
}

async function listPages(
  { client }: Connection,
  kind: Kind,
  allowance: Allowance,
  options: ListOptions,
): Promise<readonly JsonObject[]> {
  const { method } = LISTS[kind];
  const definitions: JsonObject[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  do {
    const request = { method, params: cursor === undefined ? {} : { cursor } };
    const page = await client.request(request, z.looseObject({}), options).then(rawResult, noneIfUnknownMethod);
    definitions.push(...spend(allowance, page[kind]));
    cursor = nextCursor(page, cursors);
  } while (cursor !== undefined);
  return definitions;
}

/** A server that has resources need not know templates. */
function noneIfUnknownMethod(error: unknown): JsonObject {
  if (error instanceof ProtocolError && error.code === Number(ProtocolErrorCode.MethodNotFound)) return {};
  throw error;
}

function spend(allowance: Allowance, items: unknown = []): readonly JsonObject[] {
  if (!Array.isArray(items)) throw new HubError('upstream_not_mcp', 'the server answered a list with something else');
  allowance.definitions -= items.length;
  allowance.bytes -= JSON.stringify(items).length;
  if (allowance.definitions < 0 || allowance.bytes < 0) throw tooLarge();
  return items.filter(isJsonObject);
}

/** An empty string is a cursor like any other; only its absence ends a list. */
function nextCursor({ nextCursor: next }: JsonObject, seen: Set<string>): string | undefined {
  if (typeof next !== 'string') return undefined;
  if (seen.has(next)) throw new HubError('upstream_not_mcp', 'the pages of a list of the server repeat themselves');
  if (seen.add(next).size >= MAX_PAGES) throw tooLarge();
  return next;
}

function tooLarge(): HubError {
  return new HubError('upstream_response_too_large', 'the server lists more than the hub keeps; let it offer less');
}

function isCallableTool(item: JsonObject): item is Definition {
  return hasName(item) && hasUsableHeaderAnnotations(item['inputSchema']);
}

function hasName(item: JsonObject): item is Definition {
  return typeof item['name'] === 'string';
}

function hasUri(item: JsonObject): item is JsonObject & { readonly uri: string } {
  return typeof item['uri'] === 'string';
}

function hasUriTemplate(item: JsonObject): item is JsonObject & { readonly uriTemplate: string } {
  return typeof item['uriTemplate'] === 'string';
}
