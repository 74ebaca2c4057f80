import { createDynamoCircuitStore } from '../adapters/dynamo/dynamo-circuit-store.ts';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createEgress } from '../adapters/egress/egress.ts';
import { createUpstreamByAdapter } from '../adapters/upstreams/by-adapter.ts';
import { createCircuitBreaker } from '../hub/limits/circuit-breaker.ts';
import { readEnv } from '../runtime/env.ts';
import { describeError, logger } from '../runtime/logger.ts';
import { once } from '../wiring/once.ts';
import { wireJobWorker } from '../wiring/wire-job-worker.ts';

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
  'browserEvaluates',
  'awsRegion',
);
const now = Date.now;
const dynamo = createDynamoClient();
const egress = createEgress({
  allowLoopback: env.egressAllowLoopback,
  ports: env.egressPorts.map(Number),
  ownOrigins: env.hubOrigins,
});
/** Large: what refuses a job before a browser is needed does without it. */
const browser = once(async () => {
  const { createBrowserUpstream } = await import('../adapters/upstreams/browser/browser-upstream.ts');
  return createBrowserUpstream({ egress, now, allowEvaluate: env.browserEvaluates });
});
const upstream = createCircuitBreaker({
  upstream: createUpstreamByAdapter({ browser }),
  circuits: createDynamoCircuitStore(dynamo, env.limitsTable),
  now,
  report: (error) => logger.warn('the outcome of a call was not noted', describeError(error)),
});

/** Works on the jobs that take a browser. */
export const handler = wireJobWorker(env, { dynamo, now, upstream });
