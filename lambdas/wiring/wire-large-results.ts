import type { JobResults } from '../hub/jobs/job-results.ts';
import { once } from './once.ts';

/** Results that are too large for a table, for functions that seldom meet one: what reads them is loaded then. */
export function wireLargeResults(bucket: string): Pick<JobResults, 'get'> {
  const load = once(async () => {
    const { createS3Client, createS3JobResults } = await import('../adapters/s3-job-results.ts');
    return createS3JobResults(createS3Client(), bucket);
  });
  return { get: async (tenantId, name) => (await load()).get(tenantId, name) };
}
