import type { Page } from 'playwright-core';
import type { JsonObject } from '../../../hub/json.ts';
import type { Action, Step } from '../../../hub/system/playwright/step.ts';
import { locate } from './locate.ts';
import { pdfOf, pictureOf } from './artifacts.ts';
import { evaluateIn } from './evaluate-in.ts';
import { open, type Session, settle } from './session.ts';
import { shortenedUrl } from './shortened-url.ts';
import type { StepOutcome } from './step-outcome.ts';

type Doers = { readonly [A in Action]: (session: Session, step: Extract<Step, { action: A }>) => Promise<StepOutcome> };

const DOERS: Doers = {
  async navigate(session, { url }) {
    const { status } = await open(session, url);
    return { facts: { ...(await placeOf(session.page)), ...(status !== undefined && { status }) } };
  },
  async snapshot({ page, limits, stepMs }) {
    const whole = await page.ariaSnapshot({ timeout: stepMs() });
    const snapshot = whole.slice(0, limits.textLength);
    return { facts: { snapshot, ...(snapshot.length < whole.length && { truncated: true }) } };
  },
  click: (session, { element, button = 'left', double = false }) =>
    acted(session, (timeout) => locate(session.page, element).click({ button, clickCount: double ? 2 : 1, timeout })),
  type: (session, { element, text }) =>
    acted(session, (timeout) => locate(session.page, element).pressSequentially(text, { timeout })),
  fill: (session, { element, text }) =>
    acted(session, (timeout) => locate(session.page, element).fill(text, { timeout })),
  select: (session, { element, values }) =>
    acted(session, (timeout) => locate(session.page, element).selectOption(values, { timeout })),
  press: (session, { key, element }) =>
    acted(session, (timeout) =>
      element === undefined ? session.page.keyboard.press(key) : locate(session.page, element).press(key, { timeout }),
    ),
  async wait({ page, stepMs }, { text, element, milliseconds }) {
    if (milliseconds !== undefined) await page.waitForTimeout(Math.min(milliseconds, stepMs()));
    else await locate(page, element ?? { text: text ?? '' }).waitFor({ timeout: stepMs() });
    return { facts: {} };
  },
  async evaluate(session, { expression }) {
    const facts = await evaluateIn(session, expression);
    await settle(session);
    return { facts };
  },
  screenshot: (session, step) => pictureOf(session, step),
  pdf: (session, step) => pdfOf(session, step),
  async console({ lines }) {
    return { facts: { messages: lines.map(({ type, text }) => ({ type, text })) } };
  },
  async network({ log }) {
    const { requests, total } = log.list();
    return { facts: { requests: requests.map((entry) => ({ ...entry })), total } };
  },
  async tabs(session, { select }) {
    const pages = session.context.pages();
    const chosen = select === undefined ? session.page : pages[select];
    if (chosen === undefined) throw new Error(`there is no tab ${select}; there are ${pages.length}`);
    session.page = chosen;
    return { facts: { tabs: await Promise.all(pages.map((page) => tabOf(page, page === chosen))) } };
  },
};

/** Does one step in the current tab; fails with whatever went wrong there. */
export function doStep<A extends Action>(session: Session, step: Extract<Step, { action: A }>): Promise<StepOutcome> {
  const doer: (session: Session, step: Extract<Step, { action: A }>) => Promise<StepOutcome> = DOERS[step.action];
  return doer(session, step);
}

async function acted(session: Session, act: (timeout: number) => Promise<unknown>): Promise<StepOutcome> {
  await act(session.stepMs());
  await settle(session);
  return { facts: { url: shortenedUrl(session.page.url()) } };
}

const MAX_TITLE_LENGTH = 300;

export async function placeOf(page: Page): Promise<{ url: string; title: string }> {
  return { url: shortenedUrl(page.url()), title: (await page.title()).slice(0, MAX_TITLE_LENGTH) };
}

async function tabOf(page: Page, selected: boolean): Promise<JsonObject> {
  return { ...(await placeOf(page)), ...(selected && { selected }) };
}
