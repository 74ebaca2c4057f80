import type { createFindTool } from '../calls/find-tool.ts';
import type { createCallTool } from '../calls/call-tool.ts';
import { exposedResult, type Invocation } from '../calls/invocation.ts';
import { exposeResult } from '../catalog/expose-result.ts';
import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { createLimitJobs } from '../limits/limit-jobs.ts';
import type { Principal } from '../principal.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { CalledAsJob, createCallAsJob } from './call-as-job.ts';
import { findOrAwait } from './find-or-await.ts';
import { isLong } from './is-long.ts';
import type { JobId } from './job-id.ts';
import { laneOf } from './job-lane.ts';
import { presentJob, serverOf } from './present-job.ts';
import type { createSubmitJob } from './submit-job.ts';

export interface InvokeOrSubmitDependencies {
  /** Takes the call from its limits. */
  readonly findTool: ReturnType<typeof createFindTool>;
  /** Takes nothing from a limit: the call is not made yet. */
  readonly describeTool: ReturnType<typeof createFindTool>;
  readonly callTool: ReturnType<typeof createCallTool>;
  readonly limitJobs: ReturnType<typeof createLimitJobs>;
  readonly submitJob: ReturnType<typeof createSubmitJob>;
  readonly callAsJob: ReturnType<typeof createCallAsJob>;
}

export interface RequestedCall extends Invocation {
  /** Exposed name. */
  readonly tool: string;
  readonly idempotencyKey: string | undefined;
}

interface LimitedCall extends RequestedCall {
  readonly refusal: HubError | undefined;
}

/** What the tool answered, or the job as it is shown. */
export type Invoked =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | { readonly kind: 'job'; readonly jobId: JobId; readonly job: Record<string, unknown> };

/**
 * Calls a tool and waits, or accepts a job for it, as the caller wants it or, left to the hub, as the tool is expected to
 * take. What could not be called now is refused now, as a job too.
 */
export function createInvokeOrSubmit(dependencies: InvokeOrSubmitDependencies) {
  const { findTool, describeTool, callTool, limitJobs, submitJob, callAsJob } = dependencies;
  return async (principal: Principal, call: RequestedCall, context: UpstreamContext): Promise<Invoked> => {
    const { tool, mode, arguments: args, idempotencyKey } = call;
    const { tenantId } = principal;
    const takesWorker = laneOf(tool) === 'browser';
    const wantsJob = takesWorker || idempotencyKey !== undefined;
    if (mode === 'async' || (mode === 'auto' && wantsJob)) {
      const [refusal] = await Promise.all([limitJobs(tenantId), describeTool(tenantId, tool)]);
      return submit(principal, { ...call, refusal }, context);
    }
    if (idempotencyKey !== undefined) throw keyNotHonoured();
    if (takesWorker) {
      await describeTool(tenantId, tool);
      return calledAsJob(tool, await callAsJob(principal, { tool, arguments: args }, context));
    }
    const find = () => findTool(tenantId, tool);
    const describe = () => describeTool(tenantId, tool);
    const callable = await (mode === 'auto' ? findOrAwait({ find, describe }) : find());
    if (mode === 'auto' && isLong(callable.tool)) {
      // The call is the worker's to make, and to take from the limits.
      const [refusal] = await Promise.all([limitJobs(tenantId), callable.giveBack?.()]);
      return submit(principal, { ...call, refusal }, context);
    }
    return { kind: 'result', result: exposedResult(callable, await callTool(callable, args, context)) };
  };

  async function submit(principal: Principal, call: LimitedCall, { via, trace }: UpstreamContext): Promise<Invoked> {
    const { tool, arguments: args, idempotencyKey, refusal } = call;
    const { job } = await submitJob(principal, { tool, idempotencyKey, refusal, arguments: args, via, trace });
    return { kind: 'job', jobId: job.jobId, job: presentJob(job) };
  }
}

/** Who can wait no longer is told where to ask. */
function calledAsJob(tool: string, called: CalledAsJob): Invoked {
  if (called.kind === 'result') return { kind: 'result', result: exposeResult(serverOf({ tool }), called.result) };
  return { kind: 'job', jobId: called.job.jobId, job: presentJob(called.job) };
}

/** To let the key pass would promise that a repeated request does not call the tool again. */
function keyNotHonoured(): HubError {
  return new HubError(
    'invalid_request',
    'an Idempotency-Key is for jobs only: send it with mode: async or auto, or leave it out',
  );
}
