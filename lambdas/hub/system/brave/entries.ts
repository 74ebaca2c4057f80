import * as z from 'zod/mini';
import { plainText } from './plain-text.ts';

/** The API's answers are a stranger's: what is not as documented is left out of the text, and nothing fails for it. */
export function said<T extends z.ZodMiniType>(schema: T) {
  return z.catch(z.optional(schema), undefined);
}

/** A list without those of its items that are not as documented. */
export function listOf<T extends z.ZodMiniType>(item: T) {
  const items = z.catch(z.array(z.catch(z.nullable(item), null)), []);
  return z.pipe(
    items,
    z.transform((list) => list.filter((one) => one !== null)),
  );
}

/** One thing that was found. */
export interface Entry {
  readonly title: string | undefined;
  readonly url?: string | undefined;
  /** Facts, on one line. */
  readonly facts?: readonly (string | undefined)[];
  /** Each on a line of its own. */
  readonly texts?: readonly (string | undefined)[];
}

/** A heading and what was found, numbered; empty for nothing. */
export function section(heading: string, entries: readonly Entry[]): string {
  if (entries.length === 0) return '';
  return [heading, ...entries.map((entry, i) => entryText(entry, i + 1))].join('\n\n');
}

/** Sections with a line between them, or that nothing was found. */
export function sections(...parts: readonly string[]): string {
  const found = parts.filter((part) => part !== '');
  return found.length === 0 ? 'Nothing was found.' : found.join('\n\n');
}

/** What the reader has to know of the search, if there is something, before what was found. */
export function noted(note: string, text: string): string {
  return note === '' ? text : `${note}\n\n${text}`;
}

function entryText({ title, url, facts = [], texts = [] }: Entry, number: number): string {
  const factLine = present(facts).map(plainText).join(' · ');
  const lines = [
    `${number}. ${plainText(title ?? url ?? 'untitled')}`,
    url ?? '',
    factLine,
    ...present(texts).map(plainText),
  ];
  return lines.filter((line) => line !== '').join('\n   ');
}

function present(texts: readonly (string | undefined)[]): readonly string[] {
  return texts.filter((text): text is string => text !== undefined && text !== '');
}
