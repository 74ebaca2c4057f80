import type { JsonObject } from '../json.ts';
import type { TenantId } from '../principal.ts';
import type { EndedJob, Job, JobInput, JobStatus, QueuedJob } from './job.ts';
import type { JobId } from './job-id.ts';

/** A caller's own name of a request, so that he can repeat it. Unique to its tenant and subject. */
export interface IdempotencyKey {
  readonly key: string;
  /** Of what was requested. */
  readonly requestHash: string;
}

export interface JobQuery {
  readonly status: JobStatus | undefined;
  readonly limit: number;
  /** The last job of the page before. */
  readonly after: JobId | undefined;
}

export interface JobPage {
  /** Newest first; perhaps fewer than the limit, or none, though there are more. */
  readonly jobs: readonly Job[];
  /** Undefined on the last page. */
  readonly after: JobId | undefined;
}

export interface DuePage {
  /** As they were a moment ago: only a successful {@link JobStore.replace} tells that they still are. */
  readonly jobs: readonly Job[];
  /** Those whose state cannot be read, as {@link JobStore.salvage} gives them. */
  readonly damaged: readonly Job[];
  readonly cursor: string | undefined;
}

/**
 * The jobs of all tenants. A state is only ever replaced by one that was made from it, which is each edge's one condition
 * and implies status, attempt and owner. `HubError('unavailable')` may mean that a write was made all the same; every
 * write can be repeated then, and is recognised.
 */
export interface JobStore {
  /**
   * Answers the job that stands for the key: the given one, or an earlier one of the same request.
   * `HubError('idempotency_mismatch')` when the key was used for another request.
   */
  create(job: QueuedJob, input: JobInput, key?: IdempotencyKey): Promise<Job>;
  /** The job that {@link create} would answer for the key, if there is one. */
  find(owner: Pick<Job, 'tenantId' | 'subject'>, key: IdempotencyKey): Promise<Job | undefined>;
  /** As it is now. */
  get(tenantId: TenantId, jobId: JobId): Promise<Job | undefined>;
  /** The same of a state that cannot be read any more: as much of it as it takes to end the job by its truth. */
  salvage(tenantId: TenantId, jobId: JobId): Promise<Job | undefined>;
  readInput(tenantId: TenantId, jobId: JobId): Promise<JobInput | undefined>;
  /** One that was stored with the state. */
  readResult(tenantId: TenantId, jobId: JobId): Promise<JsonObject | undefined>;
  /** False when the state is not the one before any more; then nothing was written. */
  replace(before: Job, after: Job): Promise<boolean>;
  /** The same, together with the result. */
  complete(before: Job, after: EndedJob, result: JsonObject): Promise<boolean>;
  list(tenantId: TenantId, query: JobQuery): Promise<JobPage>;
  /** Jobs of all tenants at which the sweeper has to look at that moment. */
  due(now: number, cursor: string | undefined): Promise<DuePage>;
}
