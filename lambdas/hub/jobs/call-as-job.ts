import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { createLimitJobs } from '../limits/limit-jobs.ts';
import type { Principal } from '../principal.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { createCancelJob } from './cancel-job.ts';
import { type EndedJob, isEnded, type Job, JOB_ERROR_CODES } from './job.ts';
import type { JobResults } from './job-results.ts';
import type { JobStore } from './job-store.ts';
import type { createSubmitJob } from './submit-job.ts';

export interface CallAsJobDependencies {
  readonly limitJobs: ReturnType<typeof createLimitJobs>;
  readonly submitJob: ReturnType<typeof createSubmitJob>;
  readonly store: Pick<JobStore, 'get' | 'readResult'>;
  /** Undefined for a function that leaves large results to who asks for the job. */
  readonly results: Pick<JobResults, 'get'> | undefined;
  readonly cancelJob: ReturnType<typeof createCancelJob>;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  readonly now: () => number;
}

/** The first look comes soon; a job that goes on is asked for less and less often. */
const FIRST_LOOK_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** Kept back from the deadline for saying which job goes on. */
const MARGIN_MS = 1_500;

/** What was waited for: the server's own result, or the job when the caller can wait no longer, or gets the result better there. */
export type CalledAsJob =
  { readonly kind: 'result'; readonly result: JsonObject } | { readonly kind: 'job'; readonly job: Job };

/**
 * Calls a tool that only a worker can call, for a caller that waits: as a job, of which it tells the progress. A caller
 * that leaves cancels it. Fails as the call would have.
 */
export function createCallAsJob(dependencies: CallAsJobDependencies) {
  const { limitJobs, submitJob, cancelJob, now } = dependencies;
  return async (
    principal: Principal,
    call: { readonly tool: string; readonly arguments: JsonObject },
    context: UpstreamContext,
  ): Promise<CalledAsJob> => {
    const { via, trace, deadline } = context;
    const refusal = await limitJobs(principal.tenantId);
    const { job } = await submitJob(principal, { ...call, idempotencyKey: undefined, refusal, via, trace });
    const seen = await untilEnded(dependencies, job, context);
    if (isEnded(seen)) return outcomeOf(dependencies, seen);
    if (deadline.signal.aborted && now() < lastMoment(context)) await abandon(job);
    return { kind: 'job', job: seen };
  };

  /** The caller went, and nobody wants it any more. Where it cannot be cancelled it is done for nobody. */
  async function abandon({ tenantId, jobId }: Job): Promise<void> {
    await cancelJob(tenantId, jobId).catch(onlyExpected);
  }
}

/** It ended at the last moment, or the store cannot be reached: the job is accepted, and ends in any case. */
function onlyExpected(error: unknown): void {
  if (error instanceof HubError && (error.code === 'job_finished' || error.code === 'unavailable')) return;
  throw error;
}

function lastMoment({ deadline }: UpstreamContext): number {
  return deadline.at - MARGIN_MS;
}

/** What was seen last, when it has ended, or nobody can wait longer: the caller went, or was told nothing for too long. */
async function untilEnded(
  { store, pause, now }: CallAsJobDependencies,
  accepted: Job,
  context: UpstreamContext,
): Promise<Job> {
  const { deadline, interaction, silenceMs = Infinity } = context;
  const { tenantId, jobId } = accepted;
  let seen = accepted;
  let told = -Infinity;
  let silentUntil = now() + silenceMs;
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS)) {
    const end = Math.min(lastMoment(context), silentUntil);
    await pause(Math.max(0, Math.min(wait, end - now())), deadline.signal);
    seen = (await store.get(tenantId, jobId).catch(unseen)) ?? seen;
    const progress = 'progress' in seen ? seen.progress : undefined;
    // Of a second attempt it may be less than what was told, and it must not fall.
    if (interaction?.onProgress !== undefined && progress !== undefined && progress.progress > told) {
      told = progress.progress;
      silentUntil = now() + silenceMs;
      interaction.onProgress(progress);
    }
    if (isEnded(seen) || deadline.signal.aborted || now() >= end) return seen;
  }
}

/** The job goes on, whether or not it can be looked at. */
function unseen(error: unknown): undefined {
  if (error instanceof HubError && error.code === 'unavailable') return undefined;
  throw error;
}

async function outcomeOf({ store, results }: CallAsJobDependencies, job: EndedJob): Promise<CalledAsJob> {
  const { tenantId, jobId, attempt, resultIn } = job;
  if (resultIn === undefined) throw failureOf(job);
  const stored = resultIn === 'store' ? store.readResult(tenantId, jobId) : results?.get(tenantId, { jobId, attempt });
  const result = await stored?.catch(unseen);
  // It is done, and must not be done again because its result is somewhere else or cannot be read right now.
  return result === undefined ? { kind: 'job', job } : { kind: 'result', result };
}

function failureOf({ status, error }: EndedJob): HubError {
  if (error === undefined) throw new Error('a job without a result has an error');
  const details = { ...error.details, ...(status === 'unknown' && { outcome: 'unknown' }) };
  return new HubError(isJobsOwn(error.code) ? 'upstream_error' : error.code, error.message, { details });
}

const JOBS_OWN: ReadonlySet<string> = new Set(JOB_ERROR_CODES);

/** What can only happen to a job has no code where its caller does not know that there was one. */
function isJobsOwn(code: string): code is (typeof JOB_ERROR_CODES)[number] {
  return JOBS_OWN.has(code);
}
