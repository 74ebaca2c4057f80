import type { Check } from './check-service.ts';

/** Text that somebody else wrote, without what must not be shown. */
type Present = (text: string) => string;

const ASKED = 18;
const TOOK = 8;
const EXCERPT = 160;

/** One check as lines: what was asked, what came of it and of what it began with, and what holds. */
export function describeCheck({ asked, outcome, tookMs, cameBack, facts }: Check, present: Present): string[] {
  const took = `${tookMs} ms`.padStart(TOOK);
  const indent = ' '.repeat(ASKED);
  return [
    `${asked.padEnd(ASKED)}${took}  ${present(outcome)}`,
    ...(cameBack === '' ? [] : [`${indent}${excerpt(present(cameBack))}`]),
    ...facts.map(({ words, holds }) => `${indent}${holds ? 'yes' : 'NO '}  ${present(words)}`),
  ];
}

function excerpt(text: string): string {
  return text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT)}...`;
}
