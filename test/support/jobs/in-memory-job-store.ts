import { isDeepStrictEqual } from 'node:util';
import { dueAt, isEnded, type Job, type JobInput } from '../../../lambdas/hub/jobs/job.ts';
import { keyUsedOtherwise } from '../../../lambdas/hub/jobs/job-refusals.ts';
import type { IdempotencyKey, JobStore } from '../../../lambdas/hub/jobs/job-store.ts';
import type { JsonObject } from '../../../lambdas/hub/json.ts';
import type { TenantId } from '../../../lambdas/hub/principal.ts';

export interface InMemoryJobStore extends JobStore {
  /** Everything there is, over all tenants. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** How many things are kept. */
  readonly size: () => number;
}

type Owner = Pick<Job, 'tenantId' | 'subject'>;

const DUE_PAGE = 5;

/** What the store on DynamoDB does; `onWrite` sees every state that was written. */
export function inMemoryJobStore(
  { now, retentionMs }: { readonly now: () => number; readonly retentionMs: number },
  onWrite: (before: Job | undefined, after: Job) => void = () => undefined,
): InMemoryJobStore {
  const jobs = new Map<string, Job>();
  const inputs = new Map<string, JobInput>();
  const results = new Map<string, JsonObject>();
  const requests = new Map<string, { readonly job: Job; readonly requestHash: string }>();

  const nameOf = (tenantId: TenantId, jobId: string) => `${tenantId} ${jobId}`;
  const isKept = (job: Job) => !isEnded(job) || Math.floor((job.endedAt + retentionMs) / 1000) * 1000 > now();
  const copy = <T>(value: T): T => structuredClone(value);

  function find(tenantId: TenantId, jobId: string): Job | undefined {
    const job = jobs.get(nameOf(tenantId, jobId));
    return job && isKept(job) ? copy(job) : undefined;
  }

  function requestOf({ tenantId, subject }: Owner, { key }: IdempotencyKey): string {
    return JSON.stringify([tenantId, subject, key]);
  }

  function usedBy(owner: Owner, key: IdempotencyKey): Job | undefined {
    const used = requests.get(requestOf(owner, key));
    const job = used && find(owner.tenantId, used.job.jobId);
    if (job !== undefined && used?.requestHash !== key.requestHash) throw keyUsedOtherwise();
    return job;
  }

  function write(job: Job): void {
    const name = nameOf(job.tenantId, job.jobId);
    onWrite(jobs.get(name), job);
    jobs.set(name, copy(job));
  }

  function replace(before: Job, after: Job): boolean {
    const current = jobs.get(nameOf(before.tenantId, before.jobId));
    if (current?.version !== before.version) return isDeepStrictEqual(current, after);
    write(after);
    return true;
  }

  return {
    jobs,
    size: () => jobs.size + inputs.size + results.size + requests.size,

    async create(job, input, key) {
      const used = key && usedBy(job, key);
      if (used !== undefined) return used;
      const present = find(job.tenantId, job.jobId);
      if (present !== undefined) return present;
      write(job);
      inputs.set(nameOf(job.tenantId, job.jobId), copy(input));
      if (key !== undefined) requests.set(requestOf(job, key), { job, requestHash: key.requestHash });
      return job;
    },

    find: async (owner, key) => usedBy(owner, key),
    get: async (tenantId, jobId) => find(tenantId, jobId),
    salvage: async (tenantId, jobId) => find(tenantId, jobId),
    readInput: async (tenantId, jobId) => copy(inputs.get(nameOf(tenantId, jobId))),
    readResult: async (tenantId, jobId) => find(tenantId, jobId) && copy(results.get(nameOf(tenantId, jobId))),
    replace: async (before, after) => replace(before, after),

    async complete(before, after, result) {
      if (!replace(before, after)) return false;
      results.set(nameOf(after.tenantId, after.jobId), copy(result));
      return true;
    },

    async list(tenantId, { status, limit, after }) {
      const own = [...jobs.values()].filter((job) => job.tenantId === tenantId && isKept(job));
      const newest = own.toSorted((a, b) => (a.jobId < b.jobId ? 1 : -1));
      const rest = newest.filter(({ jobId }) => after === undefined || jobId < after);
      const wanted = rest.filter((job) => (status ?? job.status) === job.status);
      const page = wanted.slice(0, limit);
      return { jobs: copy(page), after: page.length < wanted.length ? page.at(-1)?.jobId : undefined };
    },

    async due(moment, cursor) {
      const due = [...jobs.values()].filter((job) => (dueAt(job) ?? Infinity) <= moment);
      const rest = due
        .toSorted((a, b) => (nameOf(a.tenantId, a.jobId) < nameOf(b.tenantId, b.jobId) ? -1 : 1))
        .filter(({ tenantId, jobId }) => cursor === undefined || nameOf(tenantId, jobId) > cursor);
      const page = rest.slice(0, DUE_PAGE);
      const last = page.length < rest.length ? page.at(-1) : undefined;
      return { jobs: copy(page), damaged: [], cursor: last && nameOf(last.tenantId, last.jobId) };
    },
  };
}
