import { isJsonObject, type JsonObject } from '../../../hub/json.ts';
import { presentableText } from '../presentable-text.ts';

/** Each capability that can be asked for, and the parts that it may have. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  elicitation: ['form', 'url'],
  sampling: ['tools', 'context'],
  roots: [],
};
const MAX_EXTENSIONS = 20;

/**
 * The capabilities that a server misses in its caller, as the data of its error says; only what the protocol names, and
 * the names of extensions. https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes
 */
export function requiredCapabilitiesIn(data: unknown, secrets: readonly string[]): JsonObject {
  const required = memberOf(data, 'requiredCapabilities');
  const known = Object.entries(KNOWN).filter(([name]) => isJsonObject(required[name]));
  const extensions = Object.keys(memberOf(required, 'extensions'))
    .filter((name) => presentableText(name, secrets) === name)
    .slice(0, MAX_EXTENSIONS);
  return {
    ...Object.fromEntries(known.map(([name, parts]) => [name, present(parts, memberOf(required, name))])),
    ...(extensions.length > 0 && { extensions: empty(extensions) }),
  };
}

function present(parts: readonly string[], capability: JsonObject): JsonObject {
  return empty(parts.filter((part) => isJsonObject(capability[part])));
}

function empty(names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function memberOf(value: unknown, name: string): JsonObject {
  const member = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(member) ? member : {};
}
