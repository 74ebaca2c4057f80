import { jobResultsContract } from '../../support/jobs/job-results-contract.ts';
import { inMemoryResults } from '../../support/jobs/simulated-hub.ts';

jobResultsContract('memory', async () => ({ results: inMemoryResults() }));
