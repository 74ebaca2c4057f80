import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { readEnv } from '../runtime/env.ts';
import { wireJobWorker } from '../wiring/wire-job-worker.ts';
import { wireMcp } from '../wiring/wire-mcp.ts';
import { wireUpstream } from '../wiring/wire-upstream.ts';

const env = readEnv(
  'stage',
  'registryTable',
  'catalogTable',
  'limitsTable',
  'tenantCallsPerMinute',
  'jobsTable',
  'jobsQueue',
  'browserQueue',
  'resultsBucket',
  'jobRetentionDays',
  'vaultKey',
  'egressAllowLoopback',
  'egressPorts',
  'hubOrigins',
  'hubId',
  'awsRegion',
);
const now = Date.now;
const dynamo = createDynamoClient();
const { upstream } = wireUpstream(env, { dynamo, now, loadMcp: () => Promise.resolve(wireMcp) });

/** Works on the jobs that call servers over HTTP. */
export const handler = wireJobWorker(env, { dynamo, now, upstream });
