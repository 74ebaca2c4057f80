import { stripVTControlCharacters } from 'node:util';
import type { JsonObject } from '../../../hub/json.ts';
import type { Flow } from '../../../hub/system/playwright/flow.ts';
import type { Action } from '../../../hub/system/playwright/step.ts';
import { doStep, placeOf } from './do-step.ts';
import type { DoneStep } from './done-step.ts';
import { createResultBudget } from './result-budget.ts';
import { NotOpenedError, open, type Session } from './session.ts';
import { shortenedUrl } from './shortened-url.ts';
import type { Artifact } from './step-outcome.ts';

export interface FlowReport {
  /** Where it ended. */
  readonly place: { readonly url: string; readonly title: string };
  /** The opening of the first page, and then the steps up to the first that failed. */
  readonly done: readonly DoneStep[];
}

/** Opens the first page and does the steps. What goes wrong in a page is part of the report. */
export async function runFlow(session: Session, { url, steps }: Flow): Promise<FlowReport> {
  const budget = createResultBudget(session.limits.resultBytes);
  const done = [budget.fitted(await attempt(session, 'navigate', () => opened(session, url)))];
  for (const step of steps) {
    if (done.at(-1)?.failure !== undefined) break;
    done.push(budget.fitted(await attempt(session, step.action, () => doStep(session, step))));
  }
  return { place: await place(session), done };
}

async function opened(session: Session, url: string): Promise<{ facts: JsonObject }> {
  const { status } = await open(session, url);
  return { facts: { ...(status !== undefined && { status }) } };
}

async function attempt(
  session: Session,
  action: Action,
  work: () => Promise<{ facts: JsonObject; artifact?: Artifact }>,
): Promise<DoneStep> {
  try {
    return { action, ...(await withinMs(session.stepMs(), work())) };
  } catch (error) {
    return { action, facts: {}, failure: wordsOf(error) };
  }
}

/** Playwright's own limit does not hold for everything, above all not for scripts that never end. */
async function withinMs<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  // A little later than Playwright, which says what it waited for.
  const timer = setTimeout(() => late.reject(new Error('it did not end in time')), milliseconds + 250);
  return await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

/** A page that hangs does not say its title. */
async function place(session: Session): Promise<FlowReport['place']> {
  try {
    return await withinMs(1000, placeOf(session.page));
  } catch {
    return { url: shortenedUrl(session.page.url()), title: '' };
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof NotOpenedError) return error.message;
  const words = error instanceof Error ? error.message : String(error);
  // "locator.click: Timeout 5000ms exceeded." and then, in lines of their own and in colours, what was tried.
  return stripVTControlCharacters(words).replace(/^\w+\.\w+: /, '');
}
