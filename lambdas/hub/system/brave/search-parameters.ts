import { choice, flag, list, oneOrMore, text, wholeNumber } from '../parameter-kinds.ts';
import type { Parameter, Parameters } from '../tool-parameters.ts';
import { COUNTRIES, LANGUAGES, MARKETS } from './codes.ts';

/** What several of the API's searches take, as its reference says. https://api-dashboard.search.brave.com/api-reference */
export const query: Parameter = text({
  minLength: 1,
  maxLength: 400,
  maxWords: 50,
  description: 'What to search for: at most 400 characters and 50 words. Search operators such as site: work.',
});

export const country: Parameter = choice(COUNTRIES, {
  default: 'US',
  description: 'Country where the results come from, or ALL for the whole world.',
});

export const language: Parameter = choice(LANGUAGES, { default: 'en', description: 'Language of the results.' });

export const market: Parameter = choice(MARKETS, {
  default: 'en-US',
  description: 'Language and country of the texts around the results.',
});

export const spellcheck: Parameter = flag({
  default: true,
  description: 'Correct the spelling of the query; the result says which query was used.',
});

const operators: Parameter = flag({ default: true, description: 'Apply search operators in the query.' });

export const freshness: Parameter = text({
  pattern: [
    /^(?:p[dwmy]|\d{4}-\d{2}-\d{2}to\d{4}-\d{2}-\d{2})$/,
    'one of pd, pw, pm and py, or a range as 2026-01-01to2026-01-31',
  ],
  description:
    'Age of the pages: pd for a day, pw a week, pm a month, py a year, or a range as 2026-01-01to2026-01-31.',
});

export const extraSnippets: Parameter = flag({ description: 'Up to 5 more excerpts of each page.' });

const fetchMetadata: Parameter = flag({
  default: false,
  description: 'Say of each result when it was fetched.',
});

export const goggles: Parameter = oneOrMore(text({ minLength: 1, description: 'Address or rules of a Goggle.' }), {
  description: 'Goggles that rank the results anew, each by the address where it is hosted or by its rules.',
});

export const units: Parameter = choice(['metric', 'imperial'], { description: 'Units of measurement.' });

export const placeIds: Parameter = list(text({ minLength: 1, description: 'Id of a place.' }), {
  minItems: 1,
  maxItems: 20,
  description: 'Ids of places in the results of web_search or place_search. They are valid for 8 hours.',
});

export function safesearch(taken: 'off' | 'moderate' | 'strict'): Parameter {
  return choice(['off', 'moderate', 'strict'], { default: taken, description: 'Filter of adult content.' });
}

export function count(maximum: number, taken = 20): Parameter {
  return wholeNumber({ minimum: 1, maximum, default: taken, description: 'Number of results; there may be fewer.' });
}

const offset: Parameter = wholeNumber({
  minimum: 0,
  maximum: 9,
  default: 0,
  description: 'Number of pages, of `count` results each, to leave out.',
});

/** What is common to the searches of pages, news and videos. */
export const paged: Parameters = { offset, freshness, operators, include_fetch_metadata: fetchMetadata };
