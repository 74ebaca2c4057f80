import type { Page, Request } from 'playwright-core';
import { frameOf, isTopNavigation } from './place-of-request.ts';
import { shortenedUrl } from './shortened-url.ts';

/** What came of a request of a page. */
export interface Outcome {
  readonly outcome:
    'pending' | 'answered' | 'redirecting' | 'refused' | 'failed' | 'too_long' | 'too_much' | 'not_supported';
  readonly status?: number;
}

interface Entry extends Outcome {
  readonly method: string;
  readonly url: string;
  readonly type: string;
}

export interface RequestLog {
  begin(request: Request): { end(outcome: Outcome): void };
  /** The first of them; `total` says how many there were. */
  list(): { readonly requests: readonly Entry[]; readonly total: number };
  /** What came of the last document that a page asked for. */
  documentOf(page: Page): Outcome | undefined;
  /** How many requests wait for their answer. */
  pending(): number;
}

const MAX_URL_LENGTH = 500;
/** Pages may call a method what they like. */
const MAX_METHOD_LENGTH = 20;

/** The requests of all pages of a call, in the order in which they were made. */
export function createRequestLog(maxListed: number): RequestLog {
  const listed: Entry[] = [];
  const documents = new WeakMap<Page, Outcome>();
  let total = 0;
  let pending = 0;
  return {
    begin(request) {
      const about = {
        method: request.method().slice(0, MAX_METHOD_LENGTH),
        url: shortenedUrl(request.url(), MAX_URL_LENGTH),
        type: request.resourceType(),
      };
      const index = total++;
      const page = isTopNavigation(request) ? frameOf(request)?.page() : undefined;
      const note = (outcome: Outcome) => {
        if (index < maxListed) listed[index] = { ...about, ...outcome };
        if (page !== undefined) documents.set(page, outcome);
      };
      note({ outcome: 'pending' });
      pending++;
      return {
        end(outcome) {
          pending--;
          note(outcome);
        },
      };
    },
    list: () => ({ requests: listed, total }),
    documentOf: (page) => documents.get(page),
    pending: () => pending,
  };
}
