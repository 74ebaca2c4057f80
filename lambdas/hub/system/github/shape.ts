import { isJsonObject, type Json, type JsonObject } from '../../json.ts';

/** Which members of GitHub's objects are kept, and under which name: the rest is mostly addresses of other requests. */
export type Shape = readonly (readonly [name: string, path: readonly string[]])[];

/** From words such as `title`, `author:user.login` (renamed) and `labels:labels[].name` (of each in a list). */
export function shape(words: string): Shape {
  return words.split(' ').map((word) => {
    const [name = '', path = name] = word.split(':');
    return [name, path.split('.')];
  });
}

/** What the shape names and the object has. Texts are cut, and say so. */
export function pick(value: unknown, kept: Shape, maxText = 2_000): JsonObject {
  const found = kept.map(([name, path]) => [name, bounded(at(value, path), maxText)] as const);
  return Object.fromEntries(found.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
}

export function pickAll(values: readonly unknown[], kept: Shape, maxText?: number): JsonObject[] {
  return values.map((value) => pick(value, kept, maxText));
}

/** The member of an answer that is a list; empty where there is none. */
export function listIn(value: unknown, member: string): readonly unknown[] {
  const found = isJsonObject(value) ? value[member] : undefined;
  return Array.isArray(found) ? found : [];
}

function at(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (!isJsonObject(value)) return undefined;
  if (!step.endsWith('[]')) return at(value[step], rest);
  return listIn(value, step.slice(0, -2)).map((item) => at(item, rest));
}

function bounded(value: unknown, maxText: number): Json | undefined {
  if (typeof value === 'string') return cut(value, maxText);
  if (Array.isArray(value)) return value.map((item) => bounded(item, maxText)).filter((item) => item !== undefined);
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

export function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).toWellFormed()} [cut: ${text.length - max} characters more]`;
}
