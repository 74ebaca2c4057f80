import type { createCallTool } from '../calls/call-tool.ts';
import { completeResult } from '../calls/complete-answer.ts';
import type { CallableTool, createFindTool } from '../calls/find-tool.ts';
import type { ServerTasks } from '../calls/server-tasks.ts';
import type { Deadline } from '../deadline.ts';
import { HubError } from '../hub-error.ts';
import type { TenantId } from '../principal.ts';
import { callWithHeartbeats, type Watch } from './call-with-heartbeats.ts';
import { type ClaimDependencies, claimJob } from './claim-job.ts';
import { type CallOutcome, followTask } from './follow-task.ts';
import { type HeldJob, holdJob } from './hold-job.ts';
import { insist } from './insist.ts';
import type { Job, JobError, JobInput, JobStatus, RunningJob } from './job.ts';
import { delegated, sent } from './job-edges.ts';
import { cancelled, endedUnknown } from './job-ends.ts';
import { afterFailure, type Failure, failureOf, STILL_WORKING } from './job-failure.ts';
import type { JobId } from './job-id.ts';
import { enqueue, type JobQueue } from './job-queue.ts';
import type { JobStore } from './job-store.ts';
import { storeResult, type StoreResultDependencies } from './store-result.ts';

export interface RunJobDependencies extends ClaimDependencies, StoreResultDependencies {
  readonly store: Pick<JobStore, 'get' | 'readInput' | 'replace' | 'complete'>;
  readonly queue: JobQueue;
  readonly findTool: ReturnType<typeof createFindTool>;
  readonly callTool: ReturnType<typeof createCallTool>;
  readonly serverTasks: ServerTasks;
  /** Whether the tenant says that calling this tool twice does no harm. */
  readonly isRepeatable: (callable: CallableTool) => boolean;
  /** Is told why an attempt failed: the job itself says of a defect only that there was one. */
  readonly report: (error: unknown, job: RunningJob) => void;
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
  let ready: Ready;
  try {
    ready = await prepare(dependencies, held, deadline);
    if (held.current().delegated === undefined) {
      const marked = await markSent(held, dependencies.isRepeatable(ready.callable), dependencies.now);
      if (marked?.status !== 'running') return marked;
    }
  } catch (error) {
    return failBy(dependencies, held, error);
  }
  return callAndSettle(dependencies, held, ready);
}

/** The lease lives until the outcome is stored, which may take long too, and which no cancellation breaks off. */
function callAndSettle(dependencies: RunJobDependencies, held: HeldJob, ready: Ready): Promise<Job | undefined> {
  return callWithHeartbeats(dependencies, { held, ...ready }, async (watch) => {
    let outcome: CallOutcome;
    try {
      outcome = await call(dependencies, held, ready, watch);
    } catch (error) {
      return failBy(dependencies, held, error);
    }
    return settle(dependencies, held, outcome);
  });
}

async function settle(dependencies: RunJobDependencies, held: HeldJob, outcome: CallOutcome): Promise<Job | undefined> {
  switch (outcome.kind) {
    case 'result':
      return storeResult(dependencies, held, outcome.result);
    case 'refused':
      return fail(dependencies, held, { ...failureOf(outcome.error), conclusive: true });
    case 'cancelled':
      return held.change((job) => cancelled(job, dependencies.now()));
    case 'working':
      return fail(dependencies, held, STILL_WORKING);
    case 'lost':
      return undefined;
  }
}

function failBy(dependencies: RunJobDependencies, held: HeldJob, error: unknown): Promise<Job | undefined> {
  dependencies.report(error, held.current());
  return fail(dependencies, held, failureOf(error));
}

function fail({ now, random }: RunJobDependencies, held: HeldJob, failure: Failure): Promise<Job | undefined> {
  return held.change((job) => afterFailure(job, failure, { now: now(), random }));
}

interface Ready {
  readonly callable: CallableTool;
  readonly input: JobInput;
  readonly deadline: Deadline;
}

/** All that can refuse the call before anything is sent. */
async function prepare(dependencies: RunJobDependencies, held: HeldJob, deadline: Deadline): Promise<Ready> {
  const { store, findTool, now } = dependencies;
  const { tenantId, jobId, tool, delegated: task } = held.current();
  const [callable, input] = await Promise.all([
    findTool(tenantId, tool),
    insist(() => store.readInput(tenantId, jobId), dependencies),
  ]);
  if (input === undefined) throw new Error('a job has an input as long as it has not ended');
  if (task !== undefined && task.serverId !== callable.server.serverId) {
    throw new HubError('task_not_found', 'the server that worked on it is not there any more');
  }
  if (deadline.signal.aborted || deadline.at <= now()) {
    throw new HubError('unavailable', 'the worker had no time left to call the tool; submit the job again');
  }
  return { callable, input, deadline };
}

/** From here on the call may have taken effect. A job that was cancelled first ends instead, or may not be repeated any more. */
function markSent(held: HeldJob, repeatable: boolean, now: () => number): Promise<Job | undefined> {
  return held.change<Job>((job) => {
    if (job.cancelRequestedAt !== undefined) return cancelled(job, now());
    if (job.unanswered && !repeatable) return endedUnknown(job, NOT_REPEATABLE, now());
    return sent(job, repeatable, now());
  });
}

const NOT_REPEATABLE: JobError = {
  code: 'upstream_error',
  message: 'no answer came, and the tool is not marked safe to repeat any more',
};

/** The upstream is called once, or the task followed that it made of the call. */
function call(dependencies: RunJobDependencies, held: HeldJob, ready: Ready, watch: Watch): Promise<CallOutcome> {
  const task = held.current().delegated;
  if (task === undefined) return begin(dependencies, held, ready, watch);
  return followTask(dependencies, held, { callable: ready.callable, task, watch });
}

/** A result is kept as it is: who reads it sees it under the hub's names. A task is noted before it is followed. */
async function begin(
  dependencies: RunJobDependencies,
  held: HeldJob,
  { callable, input }: Ready,
  watch: Watch,
): Promise<CallOutcome> {
  const answer = await dependencies.callTool(callable, input.arguments, watch.callContext);
  if (answer.kind !== 'task') return { kind: 'result', result: completeResult(answer) };
  const { taskId, pollIntervalMs } = answer.task;
  const task = { serverId: callable.server.serverId, taskId, pollIntervalMs };
  const job = await held.change((running) => delegated(running, task, dependencies.now()));
  return job === undefined ? { kind: 'lost' } : followTask(dependencies, held, { callable, task, watch });
}
