import { isJsonObject, type Json, type JsonObject } from '../../json.ts';

/** A result as indented lines, for models that read no structured content. */
export function outline(value: JsonObject): string {
  return linesOf(value).join('\n');
}

function linesOf(value: JsonObject): string[] {
  return Object.entries(value).flatMap(([name, member]) => {
    if (Array.isArray(member) && member.some(isJsonObject)) return [`${name}:`, ...member.flatMap(itemLines)];
    if (isJsonObject(member)) return [`${name}:`, ...indented(linesOf(member))];
    const text = wordsOf(member);
    return text.includes('\n') ? [`${name}:`, ...indented(text.split('\n'))] : [`${name}: ${text}`];
  });
}

function itemLines(item: Json): string[] {
  const [first = '', ...rest] = isJsonObject(item) ? linesOf(item) : [wordsOf(item)];
  return [`- ${first}`, ...indented(rest)];
}

function wordsOf(value: Json): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(wordsOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
