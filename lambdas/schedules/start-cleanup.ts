import { createSqsCleanupQueue } from '../adapters/sqs-cleanup-queue.ts';
import { createSqsClient } from '../adapters/sqs-job-queue.ts';
import { createStartCleanup } from '../hub/cleanup/start-cleanup.ts';
import { readEnv } from '../runtime/env.ts';
import { logger } from '../runtime/logger.ts';

const env = readEnv('cleanupQueue', 'awsRegion');
const startCleanup = createStartCleanup({ queue: createSqsCleanupQueue(createSqsClient(), env.cleanupQueue) });

/** Tells the cleaners that the day is over. */
export const handler = async (): Promise<void> => {
  await startCleanup();
  logger.info('started the cleanup');
};
