import type { JsonObject } from '../../../hub/json.ts';
import type { Session } from './session.ts';

/**
 * The value of an expression as JSON text: made in the page, so that nothing but a string has to be understood here, and
 * cut there, so that no more than that is sent.
 */
export async function evaluateIn({ page, limits }: Session, expression: string): Promise<JsonObject> {
  const json = `JSON.stringify(await (${expression}\n))`;
  const text: unknown = await page.evaluate(`(async () => ${json}?.slice(0, ${limits.textLength + 1}))()`);
  if (typeof text !== 'string') return { json: 'undefined' };
  const kept = text.slice(0, limits.textLength);
  return { json: kept, ...(kept.length < text.length && { truncated: true }) };
}
