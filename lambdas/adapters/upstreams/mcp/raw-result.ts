import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { isJsonObject, type JsonObject } from '../../../hub/json.ts';

/** The upstream's result is JSON, but nested so deeply that whoever reads it next might fail on it. */
export class TooDeepError extends Error {
  override readonly name = 'TooDeepError' as const;
}

const MAX_DEPTH = 128;

const RAW = 'nexus-hub/raw-result';

/** A result that every version of the protocol's schemas accepts for each method below. */
const STAND_IN = {
  resultType: 'complete',
  content: [],
  tools: [],
  resources: [],
  resourceTemplates: [],
  prompts: [],
  contents: [],
  messages: [],
  completion: { values: [] },
  ttlMs: 0,
  cacheScope: 'private',
};

const PASSED_ON_RAW = new Set([
  'tools/call',
  'resources/read',
  'prompts/get',
  'completion/complete',
  'tasks/get',
  'tasks/update',
  'tasks/cancel',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
]);

/**
 * Hands a result past the SDK's schemas, which drop what they do not know and refuse a whole list for one bad item:
 * the SDK sees a stand-in that carries the real result along.
 */
export function withRawResult<T extends JSONRPCMessage>(method: string, message: T): T {
  if (!PASSED_ON_RAW.has(method) || !('result' in message)) return message;
  return { ...message, result: { ...STAND_IN, _meta: { [RAW]: message.result } } };
}

/** The result as the upstream sent it. */
export function rawResult({ _meta }: { _meta?: { [key: string]: unknown } | undefined }): JsonObject {
  const raw = _meta?.[RAW];
  if (!isJsonObject(raw)) throw new Error('the result was not captured');
  if (isDeeperThan(MAX_DEPTH, raw)) throw new TooDeepError();
  return raw;
}

/** Level by level, because recursion is what depth would break. */
function isDeeperThan(limit: number, value: object): boolean {
  let level: object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === limit) return true;
    level = level.flatMap((parent) => Object.values(parent).filter(isObject));
  }
  return false;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
