import type { TenantId } from '../principal.ts';
import { insist, type Patience } from './insist.ts';
import type { QueuedJob, RunningJob } from './job.ts';
import { claimed, isClaimable } from './job-edges.ts';
import type { JobId } from './job-id.ts';
import type { JobStore } from './job-store.ts';

export interface ClaimDependencies extends Patience {
  readonly store: Pick<JobStore, 'get' | 'replace'>;
  readonly now: () => number;
  /** Never the same twice, over all workers. */
  readonly newOwner: () => string;
}

export type Claim =
  | { readonly state: 'claimed'; readonly job: RunningJob }
  /** It is not to be started yet. */
  | { readonly state: 'early'; readonly job: QueuedJob }
  /** Somebody else has it, or it has ended, or never was: the message came twice or late. */
  | { readonly state: 'not_claimable' };

/** Makes a queued job this worker's own. Of all that try at once, one succeeds. */
export async function claimJob(dependencies: ClaimDependencies, tenantId: TenantId, jobId: JobId): Promise<Claim> {
  const { store, now } = dependencies;
  const owner = dependencies.newOwner();
  for (;;) {
    const job = await insist(() => store.get(tenantId, jobId), dependencies);
    if (job?.status === 'running' && job.owner === owner) return { state: 'claimed', job };
    if (job?.status !== 'queued') return { state: 'not_claimable' };
    if (job.notBefore > now()) return { state: 'early', job };
    if (!isClaimable(job, now())) return { state: 'not_claimable' };
    const running = claimed(job, owner, now());
    if (await insist(() => store.replace(job, running), dependencies)) return { state: 'claimed', job: running };
  }
}
