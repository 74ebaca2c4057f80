import { HubError } from '../hub-error.ts';
import type { createCancelJob } from '../jobs/cancel-job.ts';
import type { Job } from '../jobs/job.ts';
import { type JobId, jobIdSchema } from '../jobs/job-id.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { serverOf } from '../jobs/present-job.ts';
import type { createReadJob } from '../jobs/read-job.ts';
import { jobTask } from './job-task.ts';
import type { FoundTask, TaskQuery, Tasks } from './task.ts';
import { taskNotFound } from './task-refusals.ts';

export interface JobTasksDependencies {
  readonly store: Pick<JobStore, 'get'>;
  readonly readJob: ReturnType<typeof createReadJob>;
  readonly cancelJob: ReturnType<typeof createCancelJob>;
  /** How long a job is kept after its end. */
  readonly retentionMs: number;
}

/** Jobs as the tasks of those who submitted them. */
export function createJobTasks({ store, readJob, cancelJob, retentionMs }: JobTasksDependencies): Tasks {
  const mustExist = async (query: TaskQuery): Promise<JobId> => {
    const job = await store.get(query.principal.tenantId, jobIdOf(query));
    if (job === undefined) throw taskNotFound();
    ownSlug(job, query);
    return job.jobId;
  };
  return {
    async read(query): Promise<FoundTask> {
      const { job, result } = await readJob(query.principal.tenantId, jobIdOf(query)).catch(notFoundAsTask);
      const slug = ownSlug(job, query);
      return { task: jobTask(job, result, retentionMs), slug, serverName: slug };
    },
    /** A job asks nobody for anything. */
    async update(query) {
      await mustExist(query);
    },
    async cancel(query) {
      await cancelJob(query.principal.tenantId, await mustExist(query)).catch(unlessEnded);
    },
  };
}

function jobIdOf({ taskId }: TaskQuery): JobId {
  const { data } = jobIdSchema.safeParse(taskId);
  if (data === undefined) throw taskNotFound();
  return data;
}

/** The server that the job calls, if the job is the caller's and is asked for where that server is shown. */
function ownSlug(job: Job, { principal, slug: shown }: TaskQuery): string {
  const slug = serverOf(job);
  if (job.subject !== principal.subject || (shown ?? slug) !== slug) throw taskNotFound();
  return slug;
}

function notFoundAsTask(error: unknown): never {
  throw error instanceof HubError && error.code === 'job_not_found' ? taskNotFound() : error;
}

function unlessEnded(error: unknown): void {
  if (!(error instanceof HubError) || error.code !== 'job_finished') throw error;
}
