import * as z from 'zod/mini';
import type { JsonObject } from '../../json.ts';
import type { ApiRefusal } from '../rest-tool.ts';
import { listOf, said } from './entries.ts';

const problem = z.object({
  code: said(z.string()),
  detail: said(z.string()),
  meta: said(
    z.object({ errors: listOf(z.object({ loc: listOf(z.union([z.string(), z.number()])), msg: said(z.string()) })) }),
  ),
});

/** The reference shows a list of errors, the API sends one. */
const errorBody = z.object({ error: said(problem), errors: listOf(problem) });

const ABOUT: Readonly<Record<string, ApiRefusal['about']>> = {
  // An unknown key is answered with 422, as wrong arguments are.
  SUBSCRIPTION_TOKEN_INVALID: 'credential',
  SUBSCRIPTION_TOKEN_MISSING: 'credential',
  SUBSCRIPTION_NOT_FOUND: 'credential',
  RESOURCE_NOT_ALLOWED: 'credential',
  QUOTA_LIMITED: 'quota',
  USAGE_LIMIT_EXCEEDED: 'quota',
};

/** Reads what the API answers when it refuses a request. */
export function explainRefusal(body: JsonObject): ApiRefusal | undefined {
  const { error, errors } = errorBody.parse(body);
  const { code = '', detail, meta } = error ?? errors[0] ?? {};
  if (code === '' && detail === undefined) return undefined;
  const wrong = (meta?.errors ?? []).map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg ?? 'not accepted'}`);
  const text = [detail ?? code, ...wrong].join('; ');
  const about = Object.hasOwn(ABOUT, code) ? ABOUT[code] : undefined;
  return { about: about ?? 'request', text: code === 'OPTION_NOT_IN_PLAN' ? `${text} (OPTION_NOT_IN_PLAN)` : text };
}
