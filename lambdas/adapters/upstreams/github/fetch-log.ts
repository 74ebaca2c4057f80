import { HubError } from '../../../hub/hub-error.ts';
import type { GithubAnswer } from '../../../hub/system/github/github-tool.ts';
import { ToolInputError } from '../../../hub/system/rest-tool.ts';
import type { UpstreamContext, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Egress } from '../../egress/egress.ts';
import { FAILURE_MESSAGES } from '../failure-codes.ts';
import { requestScope } from '../request-scope.ts';
import { tailOf } from './tail.ts';

export interface LogPlace {
  readonly target: UpstreamTarget;
  readonly context: UpstreamContext;
  /** Where GitHub says that the log is: an address of a storage service, signed for a minute. */
  readonly location: string;
}

const MAX_LOG_BYTES = 64 * 1024 * 1024;
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** Gets a log from where it is kept, through the same guard, without the credential, and following nothing further. */
export async function fetchLog(
  { egress, hubId }: { readonly egress: Egress; readonly hubId: string },
  { target, context, location }: LogPlace,
): Promise<GithubAnswer> {
  const url = egress.parse(location);
  const anonymous = { ...target, secret: undefined };
  const scope = requestScope({ target: anonymous, url, context, hubId, maxResponseBytes: MAX_LOG_BYTES });
  const { ok, status, body } = await egress.fetchFor(scope)(url);
  if (ok && body !== null) return tailOf(body);
  await body?.cancel();
  if (GONE.has(status)) throw new ToolInputError('the log is no longer kept');
  throw new HubError('upstream_error', FAILURE_MESSAGES.upstream_error, { details: { httpStatus: status } });
}
