import type { JsonObject } from '../json.ts';
import type { HeldJob } from './hold-job.ts';
import { insist, type Patience } from './insist.ts';
import type { EndedJob } from './job.ts';
import { ended } from './job-edges.ts';
import type { JobResults } from './job-results.ts';

export interface StoreResultDependencies extends Patience {
  readonly results: JobResults;
  readonly now: () => number;
}

/** What is larger does not fit beside a job: DynamoDB's items have 400 KB. */
const INLINE_BYTES = 300 * 1024;

/** Ends a job with what its tool answered, whatever the size. Undefined when the job was taken away meanwhile. */
export async function storeResult(
  dependencies: StoreResultDependencies,
  held: HeldJob,
  result: JsonObject,
): Promise<EndedJob | undefined> {
  const { results, now } = dependencies;
  if (Buffer.byteLength(JSON.stringify(result)) <= INLINE_BYTES) {
    return held.complete((job) => ended(job, { status: 'succeeded', resultIn: 'store' }, now()), result);
  }
  const { tenantId, jobId, attempt } = held.current();
  await insist(() => results.put(tenantId, { jobId, attempt }, result), dependencies);
  const job = await held.change((running) => ended(running, { status: 'succeeded', resultIn: 'results' }, now()));
  if (job === undefined) await results.delete(tenantId, { jobId, attempt });
  return job;
}
