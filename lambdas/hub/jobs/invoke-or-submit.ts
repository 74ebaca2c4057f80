import type { createFindTool } from '../calls/find-tool.ts';
import type { createInvokeTool, Invocation } from '../calls/invoke-tool.ts';
import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { Principal } from '../principal.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { JobId } from './job-id.ts';
import { presentJob } from './present-job.ts';
import type { createSubmitJob } from './submit-job.ts';

export interface InvokeOrSubmitDependencies {
  readonly invokeTool: ReturnType<typeof createInvokeTool>;
  /** Takes nothing from a limit: the call is not made yet. */
  readonly findTool: ReturnType<typeof createFindTool>;
  readonly submitJob: ReturnType<typeof createSubmitJob>;
}

export interface RequestedCall extends Invocation {
  /** Exposed name. */
  readonly tool: string;
  readonly idempotencyKey: string | undefined;
}

/** What the tool answered, or the job as it is shown. */
export type Invoked =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | { readonly kind: 'job'; readonly jobId: JobId; readonly job: Record<string, unknown> };

/** Calls a tool and waits, or accepts a job for it. What could not be called now is refused now, as a job too. */
export function createInvokeOrSubmit({ invokeTool, findTool, submitJob }: InvokeOrSubmitDependencies) {
  return async (
    principal: Principal,
    { tool, mode, arguments: args, idempotencyKey }: RequestedCall,
    context: UpstreamContext,
  ): Promise<Invoked> => {
    const { tenantId } = principal;
    if (mode !== 'async' && idempotencyKey !== undefined) throw keyNotHonoured();
    if (mode !== 'async') return { kind: 'result', result: await invokeTool(tenantId, tool, args, context) };
    await findTool(tenantId, tool);
    const { via, trace } = context;
    const { job } = await submitJob(principal, { tool, idempotencyKey, arguments: args, via, trace });
    return { kind: 'job', jobId: job.jobId, job: presentJob(job) };
  };
}

/** To let the key pass would promise that a repeated request does not call the tool again. */
function keyNotHonoured(): HubError {
  return new HubError(
    'invalid_request',
    'an Idempotency-Key is for jobs only: send it with mode: async, or leave it out',
  );
}
