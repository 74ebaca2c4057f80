import type { HubError } from '../../../hub/hub-error.ts';
import { isJsonObject } from '../../../hub/json.ts';
import { ToolInputError } from '../../../hub/system/rest-tool.ts';
import { type ApiRequest, statusFailure } from '../http-failure.ts';
import { presentableText } from '../presentable-text.ts';
import { rateLimitSeconds } from './rate-limit.ts';

export interface GithubRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/** Statuses that are about what was asked for. Of 401 and 5xx whoever called the tool can mend nothing. */
const EXPLAINED: ReadonlySet<number> = new Set([400, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 423, 451]);

/** GitHub says of what one may not see that it is not there. */
const HINTS: ReadonlyMap<number, string> = new Map([
  [404, 'it does not exist, or the credential has no access to it'],
  [403, 'the credential does not allow it'],
]);

/** What GitHub's refusal is for the hub: its limit, the tool's own error result, or a failure of the server. */
export function refusalOf(
  { status, headers, data }: GithubRefusal,
  secrets: readonly string[],
  request: ApiRequest,
): HubError | ToolInputError {
  const words = wordsIn(data);
  const header = (name: string) => headers[name]?.toString();
  const seconds = rateLimitSeconds({ status, header, words }, request.now);
  if (seconds !== undefined) return statusFailure({ status: 429, retryAfter: String(seconds) }, request);
  if (!EXPLAINED.has(status)) return statusFailure({ status, retryAfter: null }, request);
  const needed = status === 403 ? header('x-accepted-github-permissions') : undefined;
  const quoted = presentableText(needed === undefined ? words : `${words} (needs ${needed})`, secrets);
  const hint = HINTS.get(status);
  return new ToolInputError(`GitHub refused with ${status}: ${quoted}${hint === undefined ? '' : `; ${hint}`}`);
}

/** `{message, errors: [{resource, field, code, message}]}`, as GitHub's reference has it; an error may be a string. */
function wordsIn(data: unknown): string {
  if (!isJsonObject(data)) return 'no reason given';
  const { message, errors } = data;
  const reasons = Array.isArray(errors) ? errors.map(reasonOf).filter((reason) => reason !== '') : [];
  const main = typeof message === 'string' ? message : 'no reason given';
  return reasons.length === 0 ? main : `${main}: ${reasons.join('; ')}`;
}

function reasonOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!isJsonObject(error)) return '';
  const { resource, field, code, message } = error;
  return [resource, field, code, message].filter((part) => typeof part === 'string').join(' ');
}
