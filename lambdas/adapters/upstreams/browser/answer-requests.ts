import type { BrowserContext, Request, Route } from 'playwright-core';
import { EgressError } from '../../egress/egress-error.ts';
import { EGRESS_FAILURES } from '../failure-codes.ts';
import { ExceededError } from './call-limits.ts';
import {
  fetchFollowing,
  fetchOnce,
  type PageFetchDeps,
  type PageRequest,
  type PageResponse,
  redirectOf,
} from './fetch-for-page.ts';
import { type OwnDocument, redirectingDocument, refusingDocument } from './own-documents.ts';
import type { CallerNavigations } from './caller-navigations.ts';
import { createDocumentHops, type DocumentHops } from './document-hops.ts';
import { cookiesFor, isFromItsSite } from './page-cookies.ts';
import type { Outcome, RequestLog } from './request-log.ts';

/** What never ends, or is only looked at by people: the hub answers with whole bodies. */
const NOT_FETCHED: ReadonlySet<string> = new Set(['eventsource', 'media', 'websocket']);

/** What a page's answer says about the network, which it does not use. */
const HEADERS_OF_THE_CONNECTION = [
  'content-length',
  'alt-svc',
  'nel',
  'report-to',
  'reporting-endpoints',
  'set-cookie',
];

/** Asked by each document not to look names up that its pages only might use. */
const NO_GUESSES = { 'x-dns-prefetch-control': 'off' };

/**
 * Where an answer allows no origin to read it, Playwright would allow whichever asks, credentials included. It keeps to an
 * origin that is named, and nobody can have this one (RFC 6761).
 */
const NO_READERS = { 'access-control-allow-origin': 'https://none.invalid' };

/** The page that a redirect leads to sees nobody, where it would otherwise see the one that redirects. */
const NO_REFERRER = { 'referrer-policy': 'no-referrer' };

export interface AnsweringDeps extends PageFetchDeps {
  readonly context: BrowserContext;
  readonly log: RequestLog;
  readonly callers: Pick<CallerNavigations, 'includes'>;
}

interface Answering extends AnsweringDeps {
  readonly documents: DocumentHops;
}

/** Has every request of every page of a context answered by the hub; none is let through to the browser's own network. */
export async function answerRequests(deps: AnsweringDeps): Promise<void> {
  const answering = { ...deps, documents: createDocumentHops() };
  await deps.context.route(
    () => true,
    async (route, request) => {
      // What fails here is a page or a browser that is gone meanwhile.
      await handle(answering, route, request).catch(() => route.abort('failed').catch(() => undefined));
    },
  );
}

type Answer = OwnDocument | { status: number; headers: Record<string, string>; body: Buffer };

async function handle(deps: Answering, route: Route, request: Request): Promise<void> {
  const entry = deps.log.begin(request);
  if (NOT_FETCHED.has(request.resourceType())) {
    entry.end({ outcome: 'not_supported' });
    return route.abort('failed');
  }
  const { answer, ...outcome } = await replyTo(deps, request);
  entry.end(outcome);
  await (answer === undefined ? route.abort('failed') : route.fulfill(closed(answer)));
}

function closed(answer: Answer): Answer {
  return { ...answer, headers: { ...NO_READERS, ...answer.headers } };
}

type Reply = Outcome & { readonly answer: Answer | undefined };

async function replyTo(deps: Answering, request: Request): Promise<Reply> {
  try {
    const isSameSite = isFromItsSite(request) || deps.callers.includes(request);
    const response = await responseTo(deps, request, isSameSite);
    const { status } = response;
    const next = request.isNavigationRequest() ? redirectOf(response) : undefined;
    if (next === undefined) return { outcome: 'answered', status, answer: answerFrom(response) };
    return { outcome: 'redirecting', status, answer: hopFrom(response, next, { request, isSameSite }) };
  } catch (error) {
    const outcome = outcomeOf(error);
    // Refused, unreachable or broken: a page cannot tell which, nor what is behind an address.
    return { outcome, answer: request.isNavigationRequest() ? refusingDocument(outcome) : undefined };
  }
}

async function responseTo(deps: Answering, request: Request, isSameSite: boolean): Promise<PageResponse> {
  const asked = await pageRequest(deps.context, request, isSameSite);
  if (!request.isNavigationRequest()) return await fetchFollowing(deps, asked);
  const response = await fetchOnce(deps, asked);
  // A form that is to be sent once more, somewhere else, is more than a document can do without scripts.
  const repeats = request.method() !== 'GET' && [307, 308].includes(response.status);
  const redirects = redirectOf(response) !== undefined;
  if (!redirects) deps.documents.arrived(request);
  else if (repeats || deps.documents.next(request) > deps.maxHops) throw new EgressError('REDIRECT');
  return response;
}

async function pageRequest(context: BrowserContext, request: Request, isSameSite: boolean): Promise<PageRequest> {
  return {
    url: request.url(),
    method: request.method(),
    headers: request.headers(),
    body: request.postDataBuffer() ?? undefined,
    cookies: await cookiesFor(context, request, isSameSite),
  };
}

interface Asked {
  readonly request: Request;
  readonly isSameSite: boolean;
}

/**
 * A redirect keeps the fragment of an address unless it names one (RFC 9110, section 10.2.2). It does not make a site the
 * one who asked because another site's request went through it.
 */
function hopFrom(response: PageResponse, next: string, { request, isSameSite }: Asked): OwnDocument {
  const hop = redirectingDocument(next.includes('#') ? next : next + new URL(request.url()).hash);
  return { ...hop, headers: { ...hop.headers, ...cookiesOf(response), ...(!isSameSite && NO_REFERRER) } };
}

function answerFrom(response: PageResponse): Answer {
  const headers = new Headers(response.headers);
  for (const name of [...HEADERS_OF_THE_CONNECTION, 'location']) headers.delete(name);
  return {
    status: response.status,
    headers: { ...Object.fromEntries(headers), ...cookiesOf(response), ...NO_GUESSES },
    body: response.body,
  };
}

/** Playwright splits them at line ends. */
function cookiesOf({ setCookies }: PageResponse): Record<string, string> {
  return setCookies.length === 0 ? {} : { 'set-cookie': setCookies.join('\n') };
}

function outcomeOf(error: unknown): Outcome['outcome'] {
  if (error instanceof ExceededError) return 'too_much';
  if (!(error instanceof EgressError)) return 'failed';
  if (error.code === 'RESPONSE_TOO_LARGE') return 'too_much';
  if (error.code === 'TOO_LONG') return 'too_long';
  return EGRESS_FAILURES[error.code] === 'address_refused' ? 'refused' : 'failed';
}
