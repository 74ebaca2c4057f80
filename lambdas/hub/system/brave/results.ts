import * as z from 'zod/mini';
import { type Entry, listOf, said } from './entries.ts';
import { plainText } from './plain-text.ts';

/** What the API's results of all kinds have in common, as far as the text needs it. */
const page = z.object({
  title: said(z.string()),
  url: said(z.string()),
  description: said(z.string()),
  age: said(z.string()),
  page_age: said(z.string()),
  extra_snippets: listOf(z.string()),
});

export const pages = listOf(page);

/** Results of one kind inside of an answer with several kinds. */
export const pagesOfKind = z.catch(z.object({ results: pages }), { results: [] });

export function pageEntry({ title, url, description, age, page_age, extra_snippets }: z.infer<typeof page>): Entry {
  return { title, url, facts: [age ?? page_age], texts: [description, ...extra_snippets] };
}

const video = z.object({
  ...page.shape,
  video: said(
    z.object({
      duration: said(z.string()),
      views: said(z.number()),
      creator: said(z.string()),
      publisher: said(z.string()),
    }),
  ),
});

export const videos = listOf(video);
export const videosOfKind = z.catch(z.object({ results: videos }), { results: [] });

export function videoEntry({ video: about, ...rest }: z.infer<typeof video>): Entry {
  const entry = pageEntry(rest);
  const views = about?.views === undefined ? undefined : `${about.views} views`;
  return { ...entry, facts: [about?.creator, about?.publisher, about?.duration, views, ...(entry.facts ?? [])] };
}

const queryUsed = z.catch(
  z.object({
    query: said(
      z.object({
        original: said(z.string()),
        altered: said(z.nullable(z.string())),
        more_results_available: said(z.boolean()),
        show_strict_warning: said(z.nullable(z.boolean())),
      }),
    ),
  }),
  { query: undefined },
);

/** What the reader has to know of how it was searched. */
export function queryNote(answer: unknown): string {
  const { query } = queryUsed.parse(answer);
  const { original, altered } = query ?? {};
  const isAltered = typeof altered === 'string' && altered !== original;
  return [
    ...(isAltered ? [`Searched for "${plainText(altered)}" instead of "${plainText(original ?? '')}".`] : []),
    ...(query?.more_results_available === true ? ['There are more results on the next page (offset).'] : []),
    ...(query?.show_strict_warning === true ? ['Results were left out by safesearch.'] : []),
  ].join('\n');
}
