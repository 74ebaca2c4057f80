import type { Browser, BrowserContext } from 'playwright-core';
import type { Deadline } from '../../../hub/deadline.ts';
import type { UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Egress } from '../../egress/egress.ts';
import { answerRequests } from './answer-requests.ts';
import { createCallerNavigations } from './caller-navigations.ts';
import { type CallLimits, createBudget } from './call-limits.ts';
import type { Endpoint } from './endpoint.ts';
import { openBrowser } from './open-browser.ts';
import { openRelay } from './relay.ts';
import { createRequestLog } from './request-log.ts';
import { type ContextSettings, openSealedContext } from './sealed-context.ts';
import { type Session, startSession } from './session.ts';

interface SessionDeps {
  readonly egress: Egress;
  readonly now: () => number;
  readonly limits: CallLimits;
}

interface SessionInput extends ContextSettings {
  readonly endpoint: Endpoint;
  readonly target: UpstreamTarget;
  readonly deadline: Deadline;
}

/** One use of the browser. Its context, its connection and what it fetches end with it, however it ends. */
export async function withSession<T>(
  deps: SessionDeps,
  input: SessionInput,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { egress, limits } = deps;
  const { endpoint, deadline } = input;
  const ended = new AbortController();
  const signal = AbortSignal.any([deadline.signal, ended.signal]);
  const relay = await openRelay({ egress, url: endpoint.url, signal, maxBytes: limits.relayedBytes });
  try {
    const browser = await openBrowser(endpoint.protocol, relay.url, limits.connectMs);
    const context = await openSealedContext(browser, input);
    const result = await work(await prepared(deps, input, context, signal));
    const failure = relay.failure();
    if (failure !== undefined) throw failure;
    await closed(browser, context);
    return result;
  } catch (error) {
    throw relay.failure() ?? error;
  } finally {
    ended.abort();
    relay.close();
  }
}

/** Kept back from the steps, so that what was done until then is still reported before the deadline. */
const REPORT_MS = 2500;

async function prepared(
  { egress, now, limits }: SessionDeps,
  { target, deadline }: SessionInput,
  context: BrowserContext,
  signal: AbortSignal,
): Promise<Session> {
  const log = createRequestLog(limits.listed);
  const fetch = egress.fetchFor({
    partition: JSON.stringify([target.tenantId, target.serverId, 'pages']),
    handsOutRedirects: true,
    handsOutCookies: true,
    maxUrlLength: limits.urlLength,
    maxResponseBytes: limits.bodyBytes,
    signal,
  });
  const { stepMs: timeoutMs, hops: maxHops } = limits;
  const callers = createCallerNavigations();
  await answerRequests({ context, fetch, budget: createBudget(limits), timeoutMs, maxHops, log, callers });
  const stepMs = () => Math.max(1, Math.min(limits.stepMs, deadline.at - now() - REPORT_MS));
  return await startSession(context, { log, callers, limits, stepMs });
}

const CLOSING_MS = 2000;

/** In order where that is possible; the end of the connection ends the context as well. */
async function closed(browser: Browser, context: BrowserContext): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, CLOSING_MS);
  const inOrder = context.close().then(() => browser.close());
  await Promise.race([inOrder.catch(() => undefined), late.promise]);
  clearTimeout(timer);
}
