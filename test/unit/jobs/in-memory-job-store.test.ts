import { inMemoryJobStore } from '../../support/jobs/in-memory-job-store.ts';
import { jobStoreContract, RETENTION_MS } from '../../support/jobs/job-store-contract.ts';

jobStoreContract('memory', async () => {
  const clock = { now: 1_800_000_000_000 };
  return { store: inMemoryJobStore({ now: () => clock.now, retentionMs: RETENTION_MS }), clock };
});
