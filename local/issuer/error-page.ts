import { html } from './html.ts';
import type { Page } from './page.ts';

/** For an error that cannot be sent to the application, because it is not certain whose request it was. */
export function errorPage(reason: string, status = 400): Page {
  return {
    status,
    title: 'Sign-in failed',
    body: html`<p role="alert">${reason}</p>
      <p>Go back to the application and start again.</p>`,
  };
}
