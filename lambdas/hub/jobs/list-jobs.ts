import * as z from 'zod/mini';
import type { TenantId } from '../principal.ts';
import { type Job, JOB_STATUSES } from './job.ts';
import { jobIdSchema } from './job-id.ts';
import type { JobStore } from './job-store.ts';

/** Query parameters of `GET /v1/jobs`. */
export const listJobsSchema = z.strictObject({
  status: z.optional(z.enum(JOB_STATUSES)),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200)), 50),
  /** `nextCursor` of the page before. */
  cursor: z.optional(jobIdSchema),
});
export type ListJobs = z.infer<typeof listJobsSchema>;

export interface ListedJobs {
  /** Newest first, without results; perhaps fewer than the limit, or none, though there are more. */
  readonly jobs: readonly Job[];
  /** Absent on the last page. */
  readonly nextCursor: string | undefined;
}

export function createListJobs({ store }: { readonly store: Pick<JobStore, 'list'> }) {
  return async (tenantId: TenantId, { status, limit, cursor }: ListJobs): Promise<ListedJobs> => {
    const { jobs, after } = await store.list(tenantId, { status, limit, after: cursor });
    return { jobs, nextCursor: after };
  };
}
