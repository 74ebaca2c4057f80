import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { GithubAnswer, Presented } from './github-tool.ts';
import { pick, pickAll, type Shape, shape } from './shape.ts';

/** GitHub cuts bodies at this length itself. */
const MAX_BODY = 65_536;

/** One object, with its long texts whole. */
export function one(kept: Shape) {
  return ({ data }: GithubAnswer): Presented => {
    if (!isJsonObject(data)) throw new Error('the answer is no object');
    return { structured: pick(data, kept, MAX_BODY) };
  };
}

export interface ListForm {
  /** Member of the answer that has the items, where the answer is no list itself. */
  readonly within?: string;
  /** What else the answer says of the whole list. */
  readonly totals?: Shape;
  /** Longest text of an item. */
  readonly maxText?: number;
}

interface Paged {
  readonly page: number;
  readonly per_page: number;
}

/** One page of a list, which says whether there is another. */
export function page(name: string, kept: Shape, { within, totals = TOTAL, maxText }: ListForm = {}) {
  return ({ data, nextPage }: GithubAnswer, args: Paged): Presented => {
    const known = { ...pageOf(args, nextPage), ...(within !== undefined && pick(data, totals)) };
    return { structured: { ...known, [name]: pickAll(listOf(data, within), kept, maxText) } };
  };
}

const TOTAL = shape('total_count');

/** What is no list is no empty list either, which would be an answer. */
function listOf(data: unknown, within: string | undefined): readonly unknown[] {
  const list = within !== undefined && isJsonObject(data) ? data[within] : data;
  if (!Array.isArray(list)) throw new Error('the answer is no list');
  return list;
}

export function pageOf({ page: current, per_page }: Paged, nextPage: number | undefined): JsonObject {
  const next: Record<string, Json> = nextPage === undefined ? {} : { next_page: nextPage };
  return { page: current, per_page, has_more: nextPage !== undefined, ...next };
}

/** All of a list that has no pages. */
export function all(name: string, kept: Shape) {
  return ({ data }: GithubAnswer): Presented => ({ structured: { [name]: pickAll(listOf(data, undefined), kept) } });
}

/** What was done, for requests that GitHub answers with nothing. */
export function done(name: string) {
  return (_answer: GithubAnswer, args: Readonly<Record<string, Json | undefined>>): Presented => {
    const known = Object.entries(args).filter((entry): entry is [string, Json] => entry[1] !== undefined);
    return { structured: { [name]: true, ...Object.fromEntries(known) } };
  };
}
