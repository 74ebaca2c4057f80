import * as kinds from '../parameter-kinds.ts';
import type { Parameter } from '../tool-parameters.ts';
import { withDefault } from './input.ts';

type Pattern = readonly [RegExp, meaning: string];

/** A segment of a path is never `.` or `..`, which a URL would resolve into another request. */
const SEGMENT: Pattern = [/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/, 'letters, digits, ".", "_" and "-"'];
const REF: Pattern = [/^(?!.*\.\.)(?!\.$)[^\s\\]+$/, 'a name as git has it'];
const FILE_PATH: Pattern = [
  /^(?!\/)(?!(.*\/)?\.{1,2}(\/|$))[^\n\r\\]+$/,
  'a path such as docs/README.md, without "/" before it and without "." and ".." in it',
];
const LABEL: Pattern = [/^(?!\.{1,2}$)[^,\n\r]+$/, 'a name without commas'];
const TIME: Pattern = [/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, 'a time such as 2026-01-31T12:00:00Z'];

interface TextLimits {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: Pattern;
}

export function text(description: string, { min = 1, max = 256, pattern }: TextLimits = {}): Parameter<string> {
  return kinds.text({ description, minLength: min, maxLength: max, ...(pattern && { pattern }) });
}

export function integer(description: string, maximum = Number.MAX_SAFE_INTEGER): Parameter<number> {
  return kinds.wholeNumber({ description, minimum: 1, maximum });
}

export function list<T>(description: string, item: Parameter<T>, maxItems: number, minItems = 0): Parameter<T[]> {
  return kinds.list(item, { description, minItems, maxItems });
}

export const flag = (description: string) => kinds.flag({ description });
export const choice = <const T extends string>(description: string, values: readonly T[]) =>
  kinds.choice(values, { description });

export const repositoryName = (description: string) => text(description, { max: 100, pattern: SEGMENT });

export const REPOSITORY = {
  owner: text('Account that owns the repository: a user or an organization', { max: 100, pattern: SEGMENT }),
  repo: repositoryName('Name of the repository, without its owner'),
};

/** Every list has them; the result says whether there is more. */
export const PAGES = {
  page: withDefault(integer('Which page of the results', 10_000), 1),
  per_page: withDefault(integer('How many results a page has, at most 100', 100), 30),
};

export const filePath = (description: string) => text(description, { max: 500, pattern: FILE_PATH });
export const ref = (description: string) => text(description, { max: 255, pattern: REF });
export const login = (description: string) => text(description, { max: 100, pattern: SEGMENT });
export const label = (description: string) => text(description, { max: 100, pattern: LABEL });
export const time = (description: string) => text(`${description}, such as 2026-01-31T12:00:00Z`, { pattern: TIME });
export const title = (description: string) => text(description, { max: 256 });
/** GitHub's own limit of bodies and comments. */
export const body = (description: string) => text(`${description}, in Markdown`, { min: 0, max: 65_536 });
