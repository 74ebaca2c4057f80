import type { createCallTool } from '../calls/call-tool.ts';
import { completeResult } from '../calls/complete-answer.ts';
import type { CallableTool, createFindTool } from '../calls/find-tool.ts';
import type { Deadline } from '../deadline.ts';
import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import { callWithHeartbeats } from './call-with-heartbeats.ts';
import { type ClaimDependencies, claimJob } from './claim-job.ts';
import { type HeldJob, holdJob } from './hold-job.ts';
import { insist } from './insist.ts';
import type { Job, JobInput, JobStatus } from './job.ts';
import { ended, sent } from './job-edges.ts';
import { afterFailure, CANCELLED, failureOf } from './job-failure.ts';
import type { JobId } from './job-id.ts';
import { enqueue, type JobQueue } from './job-queue.ts';
import type { JobStore } from './job-store.ts';
import { storeResult, type StoreResultDependencies } from './store-result.ts';

export interface RunJobDependencies extends ClaimDependencies, StoreResultDependencies {
  readonly store: Pick<JobStore, 'get' | 'readInput' | 'replace' | 'complete'>;
  readonly queue: JobQueue;
  readonly findTool: ReturnType<typeof createFindTool>;
  readonly callTool: ReturnType<typeof createCallTool>;
  /** Whether the tenant says that calling this tool twice does no harm. */
  readonly isRepeatable: (callable: CallableTool) => boolean;
}

/** What a job's message names. */
export interface JobMessage {
  readonly tenantId: TenantId;
  readonly jobId: JobId;
}

/** The status that the job was left in; `lost` when it was taken away in the middle. */
export type RunOutcome = JobStatus | 'lost' | 'early' | 'not_claimable';

/**
 * What a worker does with one message. By the deadline the upstream must have answered; writing that down takes a little
 * more. When the store cannot be reached it throws: the lease then runs out, and the sweeper settles the job.
 */
export function createRunJob(dependencies: RunJobDependencies) {
  const { queue, now } = dependencies;
  return async ({ tenantId, jobId }: JobMessage, deadline: Deadline): Promise<RunOutcome> => {
    const claim = await claimJob(dependencies, tenantId, jobId);
    if (claim.state === 'early') await enqueue(queue, claim.job, now());
    if (claim.state !== 'claimed') return claim.state;
    const job = await attempt(dependencies, holdJob(dependencies, claim.job), deadline);
    if (job?.status === 'queued') await enqueue(queue, job, now());
    return job?.status ?? 'lost';
  };
}

/** From the claim to the state that the attempt leaves. */
async function attempt(dependencies: RunJobDependencies, held: HeldJob, deadline: Deadline): Promise<Job | undefined> {
  const { now, random } = dependencies;
  let result: JsonObject;
  try {
    const ready = await prepare(dependencies, held, deadline);
    const marked = await markSent(held, dependencies.isRepeatable(ready.callable), now);
    if (marked?.status !== 'running') return marked;
    result = await call(dependencies, held, ready);
  } catch (error) {
    return held.change((job) => afterFailure(job, failureOf(error), { now: now(), random }));
  }
  return storeResult(dependencies, held, result);
}

interface Ready {
  readonly callable: CallableTool;
  readonly input: JobInput;
  readonly deadline: Deadline;
}

/** All that can refuse the call before anything is sent. */
async function prepare(dependencies: RunJobDependencies, held: HeldJob, deadline: Deadline): Promise<Ready> {
  const { store, findTool, now } = dependencies;
  const { tenantId, jobId, tool } = held.current();
  const [callable, input] = await Promise.all([
    findTool(tenantId, tool),
    insist(() => store.readInput(tenantId, jobId), dependencies),
  ]);
  if (input === undefined) throw new Error('a job has an input as long as it has not ended');
  if (deadline.signal.aborted || deadline.at <= now()) {
    throw new HubError('unavailable', 'the worker had no time left to call the tool; submit the job again');
  }
  return { callable, input, deadline };
}

/** From here on the call may have taken effect. A job that was cancelled first ends instead. */
function markSent(held: HeldJob, repeatable: boolean, now: () => number): Promise<Job | undefined> {
  return held.change<Job>((job) => {
    if (job.cancelRequestedAt === undefined) return sent(job, repeatable, now());
    return ended(job, { status: 'cancelled', error: CANCELLED }, now());
  });
}

/** The upstream is called once. Its result is kept as it is: who reads it sees it under the hub's names. */
async function call(dependencies: RunJobDependencies, held: HeldJob, ready: Ready): Promise<JsonObject> {
  const { callable, input } = ready;
  const answer = await callWithHeartbeats(dependencies, { held, ...ready }, (context) =>
    dependencies.callTool(callable, input.arguments, context),
  );
  return completeResult(answer);
}
