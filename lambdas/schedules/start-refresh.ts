import type { Context } from 'aws-lambda';
import { createDynamoClient } from '../adapters/dynamo/dynamo-client.ts';
import { createDynamoDueServers } from '../adapters/dynamo/dynamo-due-servers.ts';
import { createSqsClient } from '../adapters/sqs-job-queue.ts';
import { createSqsRefreshQueue } from '../adapters/sqs-refresh-queue.ts';
import { createStartRefresh } from '../hub/catalog/start-refresh.ts';
import { HOUR_MS } from '../hub/servers/refresh-time.ts';
import { readEnv } from '../runtime/env.ts';
import { logger } from '../runtime/logger.ts';
import { createCountReport } from '../runtime/metrics.ts';

const env = readEnv('stage', 'registryTable', 'refreshQueue', 'catalogRefreshHours', 'awsRegion');
const now = Date.now;
const reportCounts = createCountReport(env.stage);
const startRefresh = createStartRefresh({
  servers: createDynamoDueServers(createDynamoClient(), env.registryTable),
  queue: createSqsRefreshQueue(createSqsClient(), env.refreshQueue),
  intervalMs: env.catalogRefreshHours * HOUR_MS,
  now,
});

/** Kept back for the page of servers that is being worked on. */
const MARGIN_MS = 10_000;

/** Tells the refreshers which servers are due. What there is no time for is left to the next run. */
export const handler = async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
  const report = await startRefresh({ at: now() + context.getRemainingTimeInMillis() - MARGIN_MS });
  logger.info('started refreshes', { ...report });
  reportCounts({ RefreshesStarted: report.started, RefreshesUnreachable: report.unreachable });
};
