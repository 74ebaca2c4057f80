import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { HubError } from '../hub-error.ts';
import type { Principal } from '../principal.ts';
import { insist, type Patience } from './insist.ts';
import type { Job, JobInput, QueuedJob } from './job.ts';
import { created } from './job-edges.ts';
import type { JobId } from './job-id.ts';
import { enqueue, type JobQueue } from './job-queue.ts';
import type { JobStore } from './job-store.ts';

export interface SubmitJobDependencies extends Patience {
  readonly store: Pick<JobStore, 'create' | 'find'>;
  readonly queue: JobQueue;
  readonly now: () => number;
  readonly newJobId: () => JobId;
}

export interface JobRequest extends JobInput {
  /** Exposed name. */
  readonly tool: string;
  readonly idempotencyKey: string | undefined;
  /** That of the limit of jobs: nothing new is accepted, and a request whose job is there is answered all the same. */
  readonly refusal: HubError | undefined;
}

export interface SubmittedJob {
  readonly job: Job;
  /** False when an earlier request with the same key made it. */
  readonly created: boolean;
  /** False when its message could not be sent: it starts as soon as the sweeper comes by. */
  readonly enqueued: boolean;
}

/** Bytes of arguments, which are stored beside a job. */
const MAX_ARGUMENT_BYTES = 256 * 1024;

/** Accepts a job. Once this has answered, the job ends in exactly one way, whatever fails from then on. */
export function createSubmitJob(dependencies: SubmitJobDependencies) {
  const { store, queue, now, newJobId } = dependencies;
  return async (
    { tenantId, subject }: Pick<Principal, 'tenantId' | 'subject'>,
    { tool, idempotencyKey, refusal, arguments: args, via, trace }: JobRequest,
  ): Promise<SubmittedJob> => {
    const canonical = canonicalize({ tool, arguments: args }) ?? '';
    if (Buffer.byteLength(canonical) > MAX_ARGUMENT_BYTES) {
      throw new HubError('payload_too_large', 'arguments of a job can have 256 KB; call the tool synchronously');
    }
    const requestHash = createHash('sha256').update(canonical).digest('base64url');
    const key = idempotencyKey === undefined ? undefined : { key: idempotencyKey, requestHash };
    if (refusal !== undefined) {
      const present = key && (await store.find({ tenantId, subject }, key));
      if (present === undefined) throw refusal;
      return { job: present, created: false, enqueued: true };
    }
    const wanted = created({ tenantId, jobId: newJobId(), subject, tool }, now());
    const job = await insist(() => store.create(wanted, { arguments: args, via, trace }, key), dependencies).catch(
      perhapsAccepted(wanted),
    );
    if (job.jobId !== wanted.jobId) return { job, created: false, enqueued: true };
    return { job, created: true, enqueued: await enqueue(queue, wanted, now()) };
  };
}

/** The write may have happened all the same: the caller can look before he asks for another job. */
function perhapsAccepted({ jobId }: QueuedJob) {
  return (error: unknown): never => {
    if (!(error instanceof HubError) || error.code !== 'unavailable') throw error;
    throw new HubError('unavailable', 'the job may have been accepted: look for it before you submit it again', {
      cause: error,
      details: { outcome: 'unknown', jobId },
      ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
    });
  };
}
