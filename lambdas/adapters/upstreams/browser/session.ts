import type { BrowserContext, Page } from 'playwright-core';
import type { CallerNavigations } from './caller-navigations.ts';
import type { CallLimits } from './call-limits.ts';
import type { Outcome, RequestLog } from './request-log.ts';

export interface ConsoleLine {
  readonly type: string;
  readonly text: string;
}

/** What a call knows of its browser, and where in it the next step is done. */
export interface Session {
  /** The tab in which steps are done. */
  page: Page;
  readonly context: BrowserContext;
  readonly log: RequestLog;
  readonly callers: CallerNavigations;
  readonly lines: readonly ConsoleLine[];
  readonly limits: CallLimits;
  /** Of pictures and documents that are in the result already. */
  artifactBytes: number;
  /** Milliseconds that the next step may take. */
  stepMs(): number;
}

const MAX_LINE_LENGTH = 1000;

export async function startSession(
  context: BrowserContext,
  { log, callers, limits, stepMs }: Pick<Session, 'log' | 'callers' | 'limits' | 'stepMs'>,
): Promise<Session> {
  const lines: ConsoleLine[] = [];
  const note = (type: string, text: string) => {
    if (lines.length < limits.listed) lines.push({ type, text: text.slice(0, MAX_LINE_LENGTH) });
  };
  context.on('console', (message) => note(message.type(), message.text()));
  context.on('weberror', (error) => note('uncaught', error.error().message));
  let opened = 0;
  // Counted as they come: how many are open says nothing while others are being closed.
  context.on('page', (page) => {
    opened += 1;
    if (opened > limits.pages) void page.close().catch(() => undefined);
  });
  return { page: await context.newPage(), context, log, callers, lines, limits, artifactBytes: 0, stepMs };
}

/** A page could not be opened; the message is for who asked for it. */
export class NotOpenedError extends Error {
  override readonly name = 'NotOpenedError' as const;
}

/** Opens an address in the current tab, through all its redirects. */
export async function open(session: Session, url: string): Promise<{ status: number | undefined }> {
  const { page, log, callers } = session;
  try {
    const options = { timeout: session.stepMs(), waitUntil: 'commit' } as const;
    await callers.during(page, url, () => page.goto(url, options));
    await arrive(session);
  } catch (error) {
    throw explained(log.documentOf(page), error);
  }
  const last = log.documentOf(page);
  if (last?.outcome !== 'answered') throw explained(last, undefined);
  return { status: last.status };
}

/** Lets a page go where it leads by itself, above all by a redirect; see `redirectingDocument`. */
async function arrive({ page, log, stepMs }: Session): Promise<void> {
  const timeout = stepMs();
  const isMoving = () => ['redirecting', 'pending'].includes(log.documentOf(page)?.outcome ?? '');
  do {
    if (isMoving()) await page.waitForEvent('domcontentloaded', { timeout, predicate: () => !isMoving() });
    await page.waitForLoadState('load', { timeout });
  } while (isMoving());
}

const REACTION_MS = 150;
const MAX_QUIET_WAITS = 20;

/** After something was done: pages react late, and nobody can wait for what has not begun. */
export async function settle(session: Session): Promise<void> {
  await session.page.waitForTimeout(REACTION_MS);
  await arrive(session);
  // A page that never stops asking is taken as it is.
  for (let waited = 0; session.log.pending() > 0 && waited < MAX_QUIET_WAITS; waited++) {
    await session.page.waitForTimeout(REACTION_MS);
  }
}

const REASONS: Readonly<Record<Outcome['outcome'], string>> = {
  refused: 'the hub opens public https addresses only',
  too_long: 'its address is longer than the hub accepts',
  too_much: 'the page is larger than the hub accepts',
  not_supported: 'the address is nothing that can be shown',
  failed: 'it could not be reached',
  pending: 'it did not answer in time',
  redirecting: 'it redirects without an end',
  answered: 'it is nothing that can be shown, such as a download',
};

function explained(last: Outcome | undefined, error: unknown): NotOpenedError {
  return new NotOpenedError(`the page was not opened: ${REASONS[last?.outcome ?? 'failed']}`, { cause: error });
}
