import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import type { Job } from '../../hub/jobs/job.ts';
import { jobIdSchema } from '../../hub/jobs/job-id.ts';
import type { DuePage, JobPage, JobQuery } from '../../hub/jobs/job-store.ts';
import type { TenantId } from '../../hub/principal.ts';
import { type Query, queryDuePage } from './due-pages.ts';
import { isReadable, jobFromItem, salvagedJob } from './job-item.ts';
import { JOB_PREFIX, jobKey, tenantPartition } from './keys.ts';

/** One page of a query that has to look for jobs of one status, most of which may be rare. */
const LOOKED_AT = 500;
const MAX_QUERIES = 4;

interface Listed {
  readonly tableName: string;
  readonly tenantId: TenantId;
  readonly now: number;
}

/** Newest first; one that cannot be read does not hide the others. It looks at some thousand jobs at most, and leaves the rest to the next page. */
export async function queryJobs(
  query: Query,
  { tableName, tenantId, now }: Listed,
  wanted: JobQuery,
): Promise<JobPage> {
  const { status, limit } = wanted;
  const jobs: Job[] = [];
  let start = wanted.after === undefined ? undefined : marshall(jobKey(tenantId, wanted.after));
  for (let queries = 0; queries < MAX_QUERIES; queries += 1) {
    const { Items = [], LastEvaluatedKey } = await query({
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      FilterExpression: `(attribute_not_exists(expiresAt) OR expiresAt > :now)${status ? ' AND #status = :status' : ''}`,
      ...(status && { ExpressionAttributeNames: { '#status': 'status' } }),
      ExpressionAttributeValues: marshall({
        ':pk': tenantPartition(tenantId),
        ':prefix': JOB_PREFIX,
        ':now': Math.floor(now / 1000),
        ...(status && { ':status': status }),
      }),
      ScanIndexForward: false,
      Limit: status === undefined ? limit : LOOKED_AT,
      ...(start && { ExclusiveStartKey: start }),
    });
    jobs.push(...Items.map((item) => salvagedJob(unmarshall(item))));
    if (jobs.length > limit) return { jobs: jobs.slice(0, limit), after: jobs[limit - 1]?.jobId };
    if (LastEvaluatedKey === undefined) return { jobs, after: undefined };
    start = LastEvaluatedKey;
    if (jobs.length === limit) break;
  }
  return { jobs, after: lookedAtLast(start) };
}

const keySchema = z.object({ sk: z.string() });

function lookedAtLast(key: Parameters<typeof unmarshall>[0] | undefined) {
  const { sk } = keySchema.parse(unmarshall(key ?? {}));
  return jobIdSchema.parse(sk.slice(JOB_PREFIX.length));
}

/** Jobs that are due. */
export async function queryDue(
  query: Query,
  tableName: string,
  now: number,
  cursor: string | undefined,
): Promise<DuePage> {
  const { items, cursor: next } = await queryDuePage(query, tableName, now, cursor);
  return {
    jobs: items.filter(isReadable).map(jobFromItem),
    damaged: items.filter((item) => !isReadable(item)).map(salvagedJob),
    cursor: next,
  };
}
