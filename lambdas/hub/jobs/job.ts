import type { HubErrorCode } from '../hub-error.ts';
import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { Progress } from '../upstreams/upstream.ts';
import type { JobId } from './job-id.ts';

export const END_STATUSES = ['succeeded', 'failed', 'cancelled', 'expired', 'unknown'] as const;
export type EndStatus = (typeof END_STATUSES)[number];
export const JOB_STATUSES = ['queued', 'running', ...END_STATUSES] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Beside the codes of requests, what can only happen to a job. */
export const JOB_ERROR_CODES = ['worker_lost', 'poisoned', 'cancelled', 'expired'] as const;

/** Why a job has no result. */
export interface JobError {
  readonly code: HubErrorCode | (typeof JOB_ERROR_CODES)[number];
  readonly message: string;
  readonly details?: JsonObject;
}

interface JobBase {
  readonly tenantId: TenantId;
  readonly jobId: JobId;
  /** Who submitted it. */
  readonly subject: string;
  /** Exposed name. */
  readonly tool: string;
  /** Counts every write of this job. */
  readonly version: number;
  /** Counts the claims: a worker of an earlier one has no say any more. */
  readonly attempt: number;
  /** How many of the attempts ended because some limit of calls was reached; those are not held against the job. */
  readonly waits: number;
  /** Epoch milliseconds, like all times of a job. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A task by which the server goes on with the call, and which only the server can bring to an end. */
export interface Delegation {
  /** A later server of this name knows nothing of the task. */
  readonly serverId: string;
  /** The server's own id of it. */
  readonly taskId: string;
  readonly pollIntervalMs: number | undefined;
}

interface OpenJob extends JobBase {
  /** Once it is set the tool is not called again: whoever works on the job follows the task. */
  readonly delegated: Delegation | undefined;
  /** A queued job that is not delegated ends at once instead. */
  readonly cancelRequestedAt: number | undefined;
  /**
   * An earlier attempt was sent and has no answer. That its tool may be called again allows another attempt, and no other
   * end: what that call did is never known, so that the job succeeds or ends unknown.
   */
  readonly unanswered: boolean;
}

export interface QueuedJob extends OpenJob {
  readonly status: 'queued';
  /** A worker that comes earlier leaves it alone. */
  readonly notBefore: number;
  /** When the sweeper takes its message for lost. */
  readonly pickupBy: number;
  /** How often its message was sent again for that reason, since it was last queued. */
  readonly resends: number;
  /** Why it did not end in the attempt before. */
  readonly error: JobError | undefined;
}

export interface RunningJob extends OpenJob {
  readonly status: 'running';
  readonly startedAt: number;
  /** Unique to one claim of one worker. */
  readonly owner: string;
  /** From then on the worker is taken for lost. */
  readonly leaseUntil: number;
  /** Set before the upstream is called: from then on the call may have taken effect. */
  readonly sentAt: number | undefined;
  /** The tenant says that calling the tool twice does no harm. Known once it is sent. */
  readonly repeatable: boolean;
  readonly progress: Progress | undefined;
}

export interface EndedJob extends JobBase {
  readonly status: EndStatus;
  readonly startedAt: number | undefined;
  readonly endedAt: number;
  /** Unique to the claim that ended it; undefined when no worker did. */
  readonly owner: string | undefined;
  /** Where the result is kept; undefined when there is none. */
  readonly resultIn: 'store' | 'results' | undefined;
  /** Undefined exactly when it succeeded. */
  readonly error: JobError | undefined;
  readonly progress: Progress | undefined;
}

/** A call of a tool that nobody waits for. */
export type Job = QueuedJob | RunningJob | EndedJob;

/** What the tool is called with. It never changes, and is kept apart from the state, which often does. */
export interface JobInput {
  readonly arguments: JsonObject;
  /** As in `UpstreamContext`. */
  readonly via: readonly string[];
  readonly trace: Readonly<Record<string, string>> | undefined;
}

export const DAY_MS = 24 * 3600_000;
/** A job that did not end within this time is not started any more. */
export const JOB_LIFETIME_MS = DAY_MS;
export const MAX_TRIES = 5;

export function isEnded(job: Job): job is EndedJob {
  return job.status !== 'queued' && job.status !== 'running';
}

/** The moment from which the sweeper has to look at it. */
export function dueAt(job: Job): number | undefined {
  if (job.status === 'queued') return Math.min(job.pickupBy, job.createdAt + JOB_LIFETIME_MS);
  return job.status === 'running' ? job.leaseUntil : undefined;
}
