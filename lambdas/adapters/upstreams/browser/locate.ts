import type { Locator, Page } from 'playwright-core';
import type { ElementQuery } from '../../../hub/system/playwright/step.ts';

type Role = Parameters<Page['getByRole']>[0];

/** The element that is meant. Texts go to Playwright's own ways of finding; none of them reads a selector but `css`. */
export function locate(page: Page, query: ElementQuery): Locator {
  return matching(page, query).nth(query.nth ?? 0);
}

function matching(page: Page, query: ElementQuery): Locator {
  const { role, name, text, label, placeholder, testId, css, exact = false } = query;
  // An unknown role matches nothing, which the caller is told.
  if (role !== undefined) return page.getByRole(role as Role, { ...(name !== undefined && { name, exact }) });
  if (text !== undefined) return page.getByText(text, { exact });
  if (label !== undefined) return page.getByLabel(label, { exact });
  if (placeholder !== undefined) return page.getByPlaceholder(placeholder, { exact });
  if (testId !== undefined) return page.getByTestId(testId);
  return page.locator(`css=${css}`);
}
