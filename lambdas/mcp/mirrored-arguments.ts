import { isJsonObject, type JsonObject } from '../hub/json.ts';

/** JSON-RPC error code HeaderMismatch, with HTTP status 400. */
const HEADER_MISMATCH = -32_020;
const PREFIX = 'mcp-param-';
/** What a header can be called: RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MIRRORED_TYPES: readonly unknown[] = ['string', 'integer', 'boolean'];
const BASE64 = /^=\?base64\?(?<encoded>[A-Za-z0-9+/]*={0,2})\?=$/;
/** What may stand in a header as it is. */
const PLAIN = /^[\x20-\x7e\t]*$/;
/** The ways to write a number that JSON has; `Number` alone would take white space for 0. */
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
/** Replaces nothing and drops nothing: bytes that are no text are no argument. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface Mirrored {
  readonly header: string;
  readonly path: readonly string[];
  readonly type: unknown;
}

/**
 * The answer to a call whose headers contradict the arguments that a tool's schema wants mirrored into them; undefined
 * when they agree. What stands between a client and its server may have decided by the headers, so a server MUST check.
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export function headerMismatch(
  inputSchema: unknown,
  call: { readonly id: unknown; readonly arguments: JsonObject; readonly headers: Headers },
): Response | undefined {
  const problem = [...mirroredIn(inputSchema, [])].map((mirrored) => problemWith(mirrored, call)).find(Boolean);
  if (problem === undefined) return undefined;
  const error = { code: HEADER_MISMATCH, message: `Header mismatch: ${problem}` };
  return Response.json({ jsonrpc: '2.0', id: call.id ?? null, error }, { status: 400 });
}

/**
 * Annotations stand on primitive properties that are reached through `properties` alone, and are tokens. A server of an
 * earlier revision may have others, which mean nothing: nobody could mirror what they ask for.
 */
function* mirroredIn(schema: unknown, path: readonly string[]): Generator<Mirrored> {
  if (!isJsonObject(schema) || !isJsonObject(schema['properties'])) return;
  for (const [name, property] of Object.entries(schema['properties'])) {
    if (!isJsonObject(property)) continue;
    const { 'x-mcp-header': header, type } = property;
    if (typeof header === 'string' && TOKEN.test(header) && MIRRORED_TYPES.includes(type)) {
      yield { header: PREFIX + header.toLowerCase(), path: [...path, name], type };
    }
    yield* mirroredIn(property, [...path, name]);
  }
}

function problemWith(
  { header, path, type }: Mirrored,
  { arguments: args, headers }: { readonly arguments: JsonObject; readonly headers: Headers },
): string | undefined {
  const value = valueAt(args, path);
  const sent = headers.get(header);
  if (value === undefined || value === null) {
    return sent === null ? undefined : `${header} was sent without its argument`;
  }
  if (sent === null) return `${header} is missing`;
  const decoded = decode(sent);
  if (decoded === undefined) return `${header} is not encoded as it must be`;
  const same = decoded === textOf(value) || (type === 'integer' && isSameNumber(decoded, value));
  return same ? undefined : `${header} is not its argument`;
}

/** Another spelling of a number is the same number. */
function isSameNumber(text: string, value: unknown): boolean {
  return NUMBER.test(text) && Number(text) === value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function valueAt(args: JsonObject, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    args,
  );
}

function decode(text: string): string | undefined {
  const encoded = BASE64.exec(text)?.groups?.['encoded'];
  if (encoded === undefined) return PLAIN.test(text) ? text : undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? textIn(bytes) : undefined;
}

function textIn(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
