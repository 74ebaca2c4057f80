import { HubError } from '../../../hub/hub-error.ts';
import type { JsonObject } from '../../../hub/json.ts';
import { type ApiRefusal, type RestServer, type RestTool, ToolInputError } from '../../../hub/system/rest-tool.ts';
import type { Upstream, UpstreamAnswer, UpstreamContext, UpstreamTarget } from '../../../hub/upstreams/upstream.ts';
import type { Egress } from '../../egress/egress.ts';
import { statusFailure } from '../http-failure.ts';
import { presentableText } from '../presentable-text.ts';
import { secretValues } from '../request-scope.ts';
import { toolsOnly } from '../tools-only.ts';
import { untilSilent } from '../until-silent.ts';
import { type ApiLimits, createApiLimits, limitError } from './api-limits.ts';
import { type ApiAnswer, askApi, isFulfilled } from './ask-api.ts';
import { exhaustionIn, type RefusedFor } from './rate-windows.ts';

export interface RestUpstreamDeps {
  readonly egress: Egress;
  /** This hub's mark in the header that stops call loops. */
  readonly hubId: string;
  readonly now: () => number;
  readonly servers: readonly RestServer[];
}

/** Calls the tools of system servers that are APIs over HTTP: each call is one request, sent once. */
export function createRestUpstream(deps: RestUpstreamDeps): Upstream {
  const { now, servers } = deps;
  const limits = createApiLimits({ now });
  return toolsOnly(async (target, { name, arguments: args }, context) => {
    const server = servers.find(({ slug }) => slug === target.slug);
    const tool = server?.tools.find(({ definition }) => definition.name === name);
    if (server === undefined || tool === undefined) {
      throw new HubError(
        'tool_not_found',
        'the server has no tool of this name; list the tools to see which there are',
      );
    }
    try {
      return await call({ ...deps, limits, server }, { target, tool, args, context });
    } catch (error) {
      // An API's own words come as a refusal: whatever throws this has looked at the arguments only.
      if (error instanceof ToolInputError) return { ...errorResult(error.message), nothingSent: true };
      throw error;
    }
  });
}

interface Asked extends RestUpstreamDeps {
  readonly limits: ApiLimits;
  readonly server: RestServer;
}

interface Call {
  readonly target: UpstreamTarget;
  readonly tool: RestTool;
  readonly args: JsonObject;
  readonly context: UpstreamContext;
}

async function call(deps: Asked, { target, tool, args, context }: Call): Promise<UpstreamAnswer> {
  const { now, limits, server } = deps;
  const request = tool.request(args);
  limits.check(target, tool.plan);
  const apiRequest = { deadline: untilSilent(context, now()), now: now(), mayTakeEffect: mayTakeEffect(tool) };
  const { deadline } = apiRequest;
  const answer = await askApi(deps, { target, request, context: { ...context, deadline }, apiRequest });
  const refusal = isFulfilled(answer) ? undefined : answer.body && server.explain(answer.body);
  const refusedFor = limitRefusing(answer, refusal);
  const exhausted = exhaustionIn(answer.headers, refusedFor, now());
  if (exhausted !== undefined) limits.note(target, tool.plan, exhausted);
  if (refusedFor !== undefined) throw limitError(exhausted?.isQuota ?? refusedFor === 'quota', exhausted?.resetSeconds);
  if (isFulfilled(answer)) {
    const { text, structured } = tool.present(answer.body, args);
    return complete({ content: [{ type: 'text', text }], structuredContent: structured });
  }
  if (refusal?.about === 'request' && MENDABLE.has(answer.status)) {
    return errorResult(presentableText(refusal.text, secretValues(target)));
  }
  const status = refusal?.about === 'credential' ? 401 : answer.status;
  throw statusFailure({ status, retryAfter: null }, apiRequest);
}

function limitRefusing({ status }: ApiAnswer, refusal: ApiRefusal | undefined): RefusedFor | undefined {
  if (refusal?.about === 'quota') return 'quota';
  return status === 429 ? 'rate' : undefined;
}

/** What other arguments may mend, when the API says what is wrong. */
const MENDABLE: ReadonlySet<number> = new Set([400, 404, 409, 422]);

/** The code's own definitions are no hints of strangers. */
function mayTakeEffect({ definition }: RestTool): boolean {
  const annotations = definition['annotations'];
  const isReadOnly = typeof annotations === 'object' && annotations !== null && 'readOnlyHint' in annotations;
  return !(isReadOnly && annotations.readOnlyHint === true);
}

function errorResult(text: string): CompleteAnswer {
  return complete({ content: [{ type: 'text', text }], isError: true });
}

type CompleteAnswer = Extract<UpstreamAnswer, { readonly kind: 'complete' }>;

function complete(result: JsonObject): CompleteAnswer {
  return { kind: 'complete', result };
}
