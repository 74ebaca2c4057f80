import type { Json, JsonObject } from '../../../../lambdas/hub/json.ts';

/** Values around the rules of a JSON Schema: those that just fit, those that just do not, and those of other types. */
export function candidatesFor(schema: JsonObject): readonly Json[] {
  const { anyOf, type } = schema;
  const others: Json[] = [null, true, 1, 'x', [], {}];
  if (Array.isArray(anyOf)) return [...others, ...anyOf.flatMap((one: JsonObject) => candidatesFor(one))];
  if (type === 'integer' || type === 'number') return [...others, ...aroundNumbers(schema)];
  if (type === 'string') return [...others, ...aroundTexts(schema)];
  return type === 'array' ? [...others, ...aroundLists(schema)] : others;
}

function aroundNumbers({ minimum, maximum }: JsonObject): Json[] {
  const low = Number(minimum);
  const high = maximum === undefined ? 1_000_000 : Number(maximum);
  return [low, low - 1, high, ...(maximum === undefined ? [] : [high + 1]), low + 0.5, String(low)];
}

function aroundTexts({ enum: values, minLength, maxLength }: JsonObject): Json[] {
  const enumerated = Array.isArray(values) ? values.flatMap((value: string): Json[] => [value, `${value}x`]) : [];
  const lengths = [
    Number(minLength ?? 0),
    Number(minLength ?? 1) - 1,
    Number(maxLength ?? 50),
    Number(maxLength ?? 50) + 1,
  ];
  const long = lengths.filter((length) => length >= 0).map((length) => 'x'.repeat(length));
  return [...enumerated, ...long, ...SPECIMENS];
}

/** For the patterns that occur. */
const SPECIMENS = [
  'pd',
  'pdx',
  '2026-01-01to2026-01-31',
  '2026-01-01',
  'US',
  'us',
  'CA',
  'München',
  'web,news',
  'web, news',
  'summarizerx',
];

function aroundLists({ items, minItems, maxItems }: JsonObject): Json[] {
  const fitting = candidatesFor(items as JsonObject).find((value) => typeof value === 'string' && value !== '') ?? 'x';
  const sizes = [Number(minItems), Number(maxItems ?? 30), ...(maxItems === undefined ? [] : [Number(maxItems) + 1])];
  return [...sizes.map((size) => Array<Json>(size).fill(fitting)), [1], [''], [null]];
}
