/**
 * What API Gateway does to headers of an integration's response:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'host',
  'max-forwards',
  'server',
  'user-agent',
  'www-authenticate',
]);
const DROPPED = new Set([
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

type Values = Readonly<Record<string, string | number | boolean>>;
type MultiValues = Readonly<Record<string, readonly (string | number | boolean)[]>>;

/** Merges both forms of an integration's headers and renames those that the gateway keeps for itself. */
export function integrationHeaders(headers: Values = {}, multiValueHeaders: MultiValues = {}): [string, string][] {
  const repeated = Object.entries(multiValueHeaders).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  const spoken = new Set(repeated.map(([name]) => name.toLowerCase()));
  // A header in both forms counts once, with its multiple values.
  const single = Object.entries(headers).filter(([name]) => !spoken.has(name.toLowerCase()));
  return [...single, ...repeated]
    .filter(([name]) => !DROPPED.has(name.toLowerCase()))
    .map(([name, value]) => [remap(name), String(value)]);
}

function remap(name: string): string {
  return REMAPPED.has(name.toLowerCase()) ? `x-amzn-remapped-${name.toLowerCase()}` : name;
}
