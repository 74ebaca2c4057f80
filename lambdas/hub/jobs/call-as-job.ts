import { HubError } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { createLimitJobs } from '../limits/limit-jobs.ts';
import type { Principal } from '../principal.ts';
import type { UpstreamContext } from '../upstreams/upstream.ts';
import type { createCancelJob } from './cancel-job.ts';
import { type EndedJob, isEnded, type Job, JOB_ERROR_CODES } from './job.ts';
import { jobNotFound } from './job-refusals.ts';
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
    const last = await untilEnded(dependencies, job, context);
    if (isEnded(last)) return outcomeOf(dependencies, last);
    // With time left, it was the caller who went.
    if (now() < deadline.at - MARGIN_MS) await cancelJob(principal.tenantId, job.jobId).catch(onlyIfFinished);
    return { kind: 'job', job: last };
  };
}

/** It ended at the last moment, which is as good. */
function onlyIfFinished(error: unknown): void {
  if (!(error instanceof HubError) || error.code !== 'job_finished') throw error;
}

async function untilEnded(
  { store, pause, now }: CallAsJobDependencies,
  { tenantId, jobId }: Job,
  { deadline, interaction }: UpstreamContext,
): Promise<Job> {
  let told = '';
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS)) {
    await pause(Math.max(0, Math.min(wait, deadline.at - MARGIN_MS - now())), deadline.signal);
    const seen = await store.get(tenantId, jobId);
    if (seen === undefined) throw jobNotFound();
    const progress = 'progress' in seen ? seen.progress : undefined;
    if (progress !== undefined && JSON.stringify(progress) !== told) {
      told = JSON.stringify(progress);
      interaction?.onProgress?.(progress);
    }
    if (isEnded(seen) || deadline.signal.aborted || now() >= deadline.at - MARGIN_MS) return seen;
  }
}

async function outcomeOf({ store, results }: CallAsJobDependencies, job: EndedJob): Promise<CalledAsJob> {
  const { tenantId, jobId, attempt, resultIn } = job;
  if (resultIn === undefined) throw failureOf(job);
  if (resultIn === 'results' && results === undefined) return { kind: 'job', job };
  const stored = resultIn === 'store' ? store.readResult(tenantId, jobId) : results?.get(tenantId, { jobId, attempt });
  const result = await stored;
  if (result === undefined) throw jobNotFound();
  return { kind: 'result', result };
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
