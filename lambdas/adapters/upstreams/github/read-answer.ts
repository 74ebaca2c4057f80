import type { AnswerForm, GithubAnswer } from '../../../hub/system/github/github-tool.ts';
import { nextPageIn } from './next-page.ts';
import { tailOf } from './tail.ts';

/** What is used of Octokit's response. Its data is a stream, or nothing: Octokit would hide that a body broke off. */
export interface GithubResponse {
  readonly status: number;
  readonly headers: { readonly link?: string | undefined; readonly location?: string | undefined };
  readonly data: unknown;
}

export async function readAnswer({ headers, data }: GithubResponse, form: AnswerForm): Promise<GithubAnswer> {
  const nextPage = nextPageIn(headers.link);
  if (!isStream(data)) return { data: undefined, nextPage };
  if (form === 'log') return tailOf(data);
  const text = await new Response(data).text();
  if (form === 'diff') return { data: text, nextPage };
  return { data: text === '' ? undefined : JSON.parse(text), nextPage };
}

/** Leaves the connection to the next request. */
export async function discard({ data }: GithubResponse): Promise<void> {
  if (isStream(data)) await data.cancel();
}

function isStream(data: unknown): data is ReadableStream<Uint8Array> {
  return data instanceof ReadableStream;
}
