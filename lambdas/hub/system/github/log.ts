import type { GithubAnswer, Presented } from './github-tool.ts';

const MAX_CHARACTERS = 100_000;

/** The last lines: what went wrong stands at the end. */
export function presentLog({ data, isTail }: GithubAnswer, { lines }: { readonly lines: number }): Presented {
  const all = String(data).trimEnd().split('\n');
  const wanted = all.slice(-lines);
  const shown = wanted.join('\n').slice(-MAX_CHARACTERS).toWellFormed();
  const structured = {
    lines: shown.split('\n').length,
    is_whole: isTail !== true && shown.length === all.join('\n').length,
    log: shown,
  };
  return { structured, text: shown };
}
